#ifndef HELLO_H
#define HELLO_H

/* What an IPv4 address takes as text, its final zero included. */
#define HELLO_ADDRESS_SIZE 16

/* A greeting that names the C library this was compiled for. */
const char *hello_greeting(void);

/* Puts the first IPv4 address of a name into address. Returns null, or the reason why there is none. */
const char *hello_lookup(const char *name, char address[HELLO_ADDRESS_SIZE]);

#endif
