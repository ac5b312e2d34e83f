using GoCross.Images;

namespace GoCross.Tests.Images;

public class ImageNamesTests
{
    [Theory]
    [InlineData("docker.io/library/hello:1 1", "hello:1")]
    [InlineData("docker.io/team/api:v2 v2", "team/api:v2")]
    [InlineData("localhost/hello:latest", "localhost/hello:latest")]
    [InlineData("registry.example:5000/a/b:v1 v1", "registry.example:5000/a/b:v1")]
    [InlineData("hello:1 docker.io/library/hello:1", "hello:1")]
    [InlineData("api:v1 web:v1", "api:v1 web:v1")]
    [InlineData("v1", "v1")]
    [InlineData("", "")]
    public void Names_are_shown_as_docker_shows_them(string names, string shown) =>
        Assert.Equal(
            shown.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ImageNames.Shown(names.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
