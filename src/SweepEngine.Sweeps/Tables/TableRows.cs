using SweepEngine.Parquet;

namespace SweepEngine.Sweeps;

/// <summary>Appends rows of a table to a file, column by column.</summary>
internal static class TableRows
{
    /// <summary>Appends numbers in SI units, converted to the column's unit; NaN is written as NULL.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">A column of doubles or of counts.</param>
    /// <param name="si">One number for each row.</param>
    public static void AppendNumbers(this ParquetWriter file, TableColumn column, double[] si)
    {
        if (column.Column.Type == ParquetType.Int64)
        {
            file.Column<long>(column.Name).Append(
                [.. si.Select(value => double.IsNaN(value) ? 0 : (long)value)], [.. si.Select(double.IsNaN)]);
            return;
        }

        // Adding zero turns −0 into 0, which is what a reader expects of a rate.
        file.Column<double>(column.Name).Append([.. si.Select(value => (column.Unit?.FromSI(value) ?? value) + 0.0)]);
    }

    /// <summary>Appends some rows of a row group of another file with the same columns.</summary>
    /// <param name="file">The file.</param>
    /// <param name="source">The other file.</param>
    /// <param name="rowGroup">Its row group.</param>
    /// <param name="first">The first row of the group to take.</param>
    /// <param name="count">How many rows to take.</param>
    public static void AppendRows(this ParquetWriter file, ParquetReader source, int rowGroup, int first, int count)
    {
        foreach (ParquetColumn column in file.Schema.Columns)
        {
            switch (column.Type)
            {
                case ParquetType.Double:
                    Append<double>(column);
                    break;
                case ParquetType.Int64:
                    Append<long>(column);
                    break;
                case ParquetType.Boolean:
                    Append<bool>(column);
                    break;
                case ParquetType.String:
                    Append<string>(column);
                    break;
                default:
                    throw new InvalidOperationException($"Tables of sweeps have no column of type {column.Type}.");
            }
        }

        void Append<T>(ParquetColumn column) where T : notnull
        {
            ColumnValues<T> values = source.Read<T>(rowGroup, column.Name);
            ReadOnlySpan<bool> isNull = values.IsNull.Length == 0 ? default : values.IsNull.AsSpan(first, count);
            file.Column<T>(column.Name).Append(values.Values.AsSpan(first, count), isNull);
        }
    }
}
