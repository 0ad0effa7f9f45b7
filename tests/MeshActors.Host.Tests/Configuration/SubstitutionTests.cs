using System.IO;
using Xunit;

namespace MeshActors.Host.Tests.Configuration;

public sealed class SubstitutionTests
{
    [Fact]
    public void A_variable_of_the_environment_takes_its_place()
    {
        var read = Checked.Text("mesh.node { id = ${NAME}-1, region = \"eu\"${?ZONE} }", ("NAME", "core"));

        Assert.Empty(read.Lines);
        Assert.Equal("core-1", read.Configuration!.Mesh.Node.Id);
        Assert.Equal("eu", read.Configuration.Mesh.Node.Region);
    }

    [Fact]
    public void A_variable_nobody_set_is_a_mistake_unless_it_is_optional()
    {
        var read = Checked.Text("mesh.node.id = ${NAME}\nmesh.node.region = ${?ZONE}\nmesh.identity.path = ${HOME}/x");

        Assert.Equal(
            [
                "node.conf:1 mesh.node.id: value ${NAME} names neither an environment variable nor a key; allowed: set NAME, or write ${?NAME} to leave the key out",
                "node.conf:3 mesh.identity.path: value ${HOME} names neither an environment variable nor a key; allowed: set HOME, or write ${?HOME} to leave the key out",
            ],
            read.Lines);
    }

    [Fact]
    public void An_optional_variable_may_follow_a_default()
    {
        const string Text = "mesh.node.id = plain\nmesh.node.id = ${?NAME}";

        Assert.Equal("plain", Checked.Text(Text).Configuration!.Mesh.Node.Id);
        Assert.Equal("other", Checked.Text(Text, ("NAME", "other")).Configuration!.Mesh.Node.Id);
    }

    [Fact]
    public void Another_key_takes_its_place_wherever_it_stands()
    {
        var read = Checked.Text("mesh.node.region = ${mesh.node.id}\nmesh.node.id = ${akka.x}a\nakka.x = q", ("akka.x", "no"));

        Assert.Empty(read.Lines);
        Assert.Equal("qa", read.Configuration!.Mesh.Node.Region);
    }

    [Fact]
    public void A_circle_is_a_mistake()
    {
        var read = Checked.Text("mesh.node.id = ${mesh.node.region}\nmesh.node.region = ${mesh.node.id}");

        Assert.Contains(
            "node.conf:2 mesh.node.region: value ${mesh.node.id} refers to itself; allowed: a value that does not need its own",
            read.Lines);
    }

    [Fact]
    public void A_value_that_came_from_a_variable_is_checked_where_it_is_used() => Assert.Equal(
        ["node.conf:1 mesh.node.realm: value many is not allowed; allowed: a whole number from 0 to 65533"],
        Checked.Text("mesh.node.realm = ${REALM}", ("REALM", "many")).Lines);

    [Fact]
    public void Lists_grow_and_sections_extend_others()
    {
        var read = Checked.Text(
            """
            akka { base { a = 1, b { c = 2 } }, other = ${akka.base} { b { d = 3 } } }
            mesh.node.roles = [agent]
            mesh.node.roles += backbone
            """);

        Assert.Empty(read.Lines);
        Assert.Equal(2, read.Configuration!.Mesh.Node.Roles.Length);
        var akka = Akka.Configuration.ConfigurationFactory.ParseString(read.Configuration.Akka);
        Assert.Equal((1, 2, 3), (akka.GetInt("akka.other.a"), akka.GetInt("akka.other.b.c"), akka.GetInt("akka.other.b.d")));
    }

    [Fact]
    public void Included_files_are_found_beside_the_file_and_yield_to_it()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(Path.Combine(directory.Root, "parts"));
        directory.Write("parts/more.conf", "region = deep\nid = ${region}");
        directory.Write("parts/base.conf", "mesh.node { realm = 5, include \"more.conf\" }");
        var read = Checked.File(
            directory, directory.Write("node.conf", "include \"parts/base.conf\"\nmesh.node.realm = 6"));

        Assert.Empty(read.Lines);
        Assert.Equal((6, "deep", "deep"), (
            read.Configuration!.Mesh.Node.Realm, read.Configuration.Mesh.Node.Region, read.Configuration.Mesh.Node.Id));
    }

    [Fact]
    public void Mistakes_of_an_included_file_name_that_file()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("base.conf", "mesh {\n  node.realm = -1\n}");
        var read = Checked.File(directory, directory.Write("node.conf", "include file(\"base.conf\")"));

        Assert.Equal(
            ["base.conf:2 mesh.node.realm: value -1 is not allowed; allowed: a whole number from 0 to 65533"], read.Lines);
    }

    [Fact]
    public void Includes_that_cannot_be_read_or_never_end_are_mistakes()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("loop.conf", "include \"node.conf\"");
        Directory.CreateDirectory(Path.Combine(directory.Root, "folder"));
        var read = Checked.File(directory, directory.Write(
            "node.conf",
            "include \"gone.conf\"\ninclude \"folder\"\ninclude \"loop.conf\"\ninclude url(\"http://example.org\")"));

        Assert.Equal("node.conf:1 include: value gone.conf does not exist; allowed: a readable file", read.Lines[0]);
        Assert.Equal("node.conf:2 include: value folder is a directory; allowed: a readable file", read.Lines[1]);
        Assert.Equal(
            "node.conf:4 include: value url(http://example.org) is not a file; allowed: include \"FILE\", relative to this file",
            read.Lines[2]);
        Assert.StartsWith("loop.conf:1 include: value node.conf includes itself: ", read.Lines[3]);
        Assert.Equal(4, read.Lines.Count);
    }
}
