using SweepEngine.Equations;
using SweepEngine.Parquet;

namespace SweepEngine.Sweeps;

/// <summary>A column of a sweep's table: what it holds, in which unit, and what it means.</summary>
/// <param name="Column">Name, type and layout in the file.</param>
/// <param name="Unit">Unit of the numbers; null where there is none (counts, indices, texts).</param>
/// <param name="Description">What it is, and when it is NULL.</param>
/// <param name="Source">Where the definition comes from; null for indices and parameters.</param>
public sealed record TableColumn(ParquetColumn Column, Unit? Unit, string Description, string? Source)
{
    /// <summary>Name of the column.</summary>
    public string Name => Column.Name;

    /// <summary>The unit as it stands in the metadata: <c>1</c> for a pure number, empty where there is none.</summary>
    public string UnitText => Unit is null ? "" : Unit.Text.Length == 0 ? "1" : Unit.Text;

    /// <summary>What the metadata of a file says about it: unit, description and, where there is one, source.</summary>
    public IEnumerable<KeyValuePair<string, string>> Metadata
    {
        get
        {
            yield return new($"column.{Name}.unit", UnitText);
            yield return new($"column.{Name}.description", Description);
            if (Source is not null)
            {
                yield return new($"column.{Name}.source", Source);
            }
        }
    }
}
