using System;
using System.IO;
using System.Linq;
using System.Reflection;
using MeshActors.Conventions.Tests.Sources;
using PublicApiGenerator;
using Xunit;

namespace MeshActors.Conventions.Tests;

/// <summary>What users may call is text under <c>PublicApi</c>: a change to it is seen in review.</summary>
public sealed class PublicApiTests
{
    /// <summary>Set by <c>scripts/approve-api.sh</c>: writes what is there in place of comparing.</summary>
    private const string ApproveVariable = "MESHACTORS_APPROVE_API";

    [Theory]
    [InlineData("MeshActors.Transport")]
    [InlineData("MeshActors.Core")]
    [InlineData("MeshActors.TestKit")]
    public void The_public_api_is_the_approved_one(string assembly)
    {
        var path = Path.Combine(
            Repository.Root, "tests", "MeshActors.Conventions.Tests", "PublicApi", assembly + ".txt");
        var actual = Generate(assembly);
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        var approved = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        var difference = LineDifference.Of(approved, actual);
        Assert.True(
            difference.Length == 0,
            $"The public API of {assembly} is not the approved one. If the change is meant, run "
            + $"scripts/approve-api.sh and commit the result.\n{difference}");
    }

    [Fact]
    public void A_planted_member_shows_as_a_line_of_the_difference() =>
        Assert.Equal(
            "- b\n+ c\n+ e\n",
            LineDifference.Of("a\nb\nd\n", "a\nc\nd\ne\n"));

    private static string Generate(string assembly)
    {
        var api = Assembly.Load(assembly).GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            DenyNamespacePrefixes = [],
        });
        return string.Join('\n', api.Split('\n').Select(line => line.TrimEnd())).TrimEnd() + "\n";
    }
}
