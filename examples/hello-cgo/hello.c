#define _POSIX_C_SOURCE 200809L

#include "hello.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

const char *hello_greeting(void)
{
#ifdef __GLIBC__
    return "Hello from C, with glibc";
#else
    /* musl defines no macro that tells its name. */
    return "Hello from C, with a C library that is not glibc";
#endif
}

const char *hello_lookup(const char *name, char address[HELLO_ADDRESS_SIZE])
{
    struct addrinfo hints;
    struct addrinfo *found = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;

    int status = getaddrinfo(name, NULL, &hints, &found);
    if (status != 0) {
        return gai_strerror(status);
    }

    const struct sockaddr_in *in = (const struct sockaddr_in *)found->ai_addr;
    const char *text = inet_ntop(AF_INET, &in->sin_addr, address, HELLO_ADDRESS_SIZE);
    freeaddrinfo(found);
    return text == NULL ? "its address cannot be written" : NULL;
}
