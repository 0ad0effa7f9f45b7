namespace MeshActors.TestKit.Nat;

/// <summary>A host or a box, at a site.</summary>
/// <remarks>A box leads from its inside to <see cref="Outside"/>; a host has neither.</remarks>
internal sealed class SimPlace
{
    public SimPlace(string name, int site, ISimBox? box = null, SimSegment? outside = null)
    {
        Name = name;
        Site = site;
        Box = box;
        Outside = outside;
        Inside = box is null ? null : new SimSegment(this);
    }

    public string Name { get; }

    /// <summary>Number of the site, which decides how long packets take from and to other sites.</summary>
    public int Site { get; set; }

    public ISimBox? Box { get; }

    public SimSegment? Inside { get; }

    public SimSegment? Outside { get; }

    public override string ToString() => Name;
}
