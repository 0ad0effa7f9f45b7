using System;
using System.IO;
using System.Text;
using System.Xml;

namespace MeshActors.Transport.PortMapping;

/// <summary>Reads XML of a gateway: no document types, no entities of its own, no references to elsewhere, and bounds.</summary>
/// <remarks>Bytes are taken for UTF-8, whatever they say of themselves (UPnP Device Architecture 1.1, section 2.1).</remarks>
internal static class GatewayXml
{
    /// <summary>Bytes of the largest document.</summary>
    public const int MaxBytes = 65_536;

    /// <summary>Elements within each other.</summary>
    private const int MaxDepth = 32;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxBytes,
        MaxCharactersFromEntities = 1_024,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Takes each element that holds text, in order, and the end of each element.</summary>
    /// <param name="xml">Any bytes.</param>
    /// <param name="onText">Local name of the element, and its text.</param>
    /// <param name="onEnd">Local name of an element that ends.</param>
    /// <returns>False when it is no XML, or beyond its bounds; what came before that was taken all the same.</returns>
    public static bool TryRead(ReadOnlySpan<byte> xml, Action<string, string> onText, Action<string> onEnd)
    {
        if (xml.Length > MaxBytes)
        {
            return false;
        }

        try
        {
            using var text = new StringReader(Encoding.UTF8.GetString(xml).TrimStart('\uFEFF'));
            using var reader = XmlReader.Create(text, Settings);
            var name = string.Empty;
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element when reader.Depth > MaxDepth:
                        return false;
                    case XmlNodeType.Element:
                        name = reader.LocalName;
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        onText(name, reader.Value.Trim());
                        break;
                    case XmlNodeType.EndElement:
                        onEnd(reader.LocalName);
                        name = string.Empty;
                        break;
                }
            }

            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
