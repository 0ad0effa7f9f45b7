using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Crypto;

namespace MeshActors.Transport.Tests.Crypto;

/// <summary>The patterns of the Noise specification (section 7 and appendix 18) as data, for its published vectors.</summary>
internal static class NoisePatterns
{
    /// <summary>Pre-messages before the bar, then the messages in turn.</summary>
    private static readonly Dictionary<string, string> Messages = new()
    {
        ["N"] = "<s | e,es",
        ["K"] = ">s <s | e,es,ss",
        ["X"] = "<s | e,es,s,ss",
        ["NN"] = "| e | e,ee",
        ["KN"] = ">s | e | e,ee,se",
        ["NK"] = "<s | e,es | e,ee",
        ["KK"] = ">s <s | e,es,ss | e,ee,se",
        ["NX"] = "| e | e,ee,s,es",
        ["KX"] = ">s | e | e,ee,se,s,es",
        ["XN"] = "| e | e,ee | s,se",
        ["IN"] = "| e,s | e,ee,se",
        ["XK"] = "<s | e,es | e,ee | s,se",
        ["IK"] = "<s | e,es,s,ss | e,ee,se",
        ["XX"] = "| e | e,ee,s,es | s,se",
        ["IX"] = "| e,s | e,ee,se,s,es",
        ["NK1"] = "<s | e | e,ee,es",
        ["NX1"] = "| e | e,ee,s | es",
        ["X1N"] = "| e | e,ee | s | se",
        ["X1K"] = "<s | e,es | e,ee | s | se",
        ["XK1"] = "<s | e | e,ee,es | s,se",
        ["X1K1"] = "<s | e | e,ee,es | s | se",
        ["X1X"] = "| e | e,ee,s,es | s | se",
        ["XX1"] = "| e | e,ee,s | es,s,se",
        ["X1X1"] = "| e | e,ee,s | es,s | se",
        ["K1N"] = ">s | e | e,ee | se",
        ["K1K"] = ">s <s | e,es | e,ee | se",
        ["KK1"] = ">s <s | e | e,ee,se,es",
        ["K1K1"] = ">s <s | e | e,ee,es | se",
        ["K1X"] = ">s | e | e,ee,s,es | se",
        ["KX1"] = ">s | e | e,ee,se,s | es",
        ["K1X1"] = ">s | e | e,ee,s | se,es",
        ["I1N"] = "| e,s | e,ee | se",
        ["I1K"] = "<s | e,es,s | e,ee | se",
        ["IK1"] = "<s | e,s | e,ee,se,es",
        ["I1K1"] = "<s | e,s | e,ee,es | se",
        ["I1X"] = "| e,s | e,ee,s,es | se",
        ["IX1"] = "| e,s | e,ee,se,s | es",
        ["I1X1"] = "| e,s | e,ee,s | se,es",
    };

    /// <summary>Finds a pattern by its name with modifiers, as <c>XXpsk0+psk3</c>; the spoken one is the product's own.</summary>
    public static HandshakePattern Of(string name)
    {
        if (name == HandshakePattern.IKpsk2.Name)
        {
            return HandshakePattern.IKpsk2;
        }

        var end = name.IndexOf("psk", StringComparison.Ordinal);
        var parts = Messages[end < 0 ? name : name[..end]].Split('|');
        var messages = parts[1..].Select(part => part.Trim().Split(',').Select(Token).ToList()).ToList();
        foreach (var modifier in end < 0 ? [] : name[end..].Split('+'))
        {
            var number = int.Parse(modifier["psk".Length..], System.Globalization.CultureInfo.InvariantCulture);
            var message = messages[Math.Max(number - 1, 0)];
            message.Insert(number == 0 ? 0 : message.Count, NoiseToken.Psk);
        }

        return new HandshakePattern(
            name,
            parts[0].Contains(">s", StringComparison.Ordinal) ? [NoiseToken.S] : [],
            parts[0].Contains("<s", StringComparison.Ordinal) ? [NoiseToken.S] : [],
            [.. messages.Select(message => message.ToImmutableArray())]);
    }

    private static NoiseToken Token(string token) => Enum.Parse<NoiseToken>(token, ignoreCase: true);
}
