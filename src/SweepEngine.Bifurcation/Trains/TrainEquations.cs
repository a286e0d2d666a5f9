using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>
/// The equations of periodic trains of k spikes, P(x_i) = x_{i+1} around the train, in the coordinates x_1 … x_k that its spikes leave and the drive. An instance serves one thread.
/// </summary>
/// <remarks>Unknowns are divided by units, so that their Euclidean norm is that of the mean over the spikes, and of the drive.</remarks>
internal sealed class TrainEquations
{
    // Newton's method: corrections below the first end it, those below the second do where they do not become smaller any more.
    private const double Converged = 1e-11, Floor = 1e-8, WorstResidual = 1e-5;
    private const int Iterations = 9;

    private readonly ResetModel _model;
    private readonly SpikeMap _map;
    private readonly int _coordinates;
    private readonly double[] _from;

    /// <summary>Prepares for trains of a number of spikes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="map">Its map.</param>
    /// <param name="spikes">Spikes in a period.</param>
    /// <param name="coordinateUnit">One unit of each coordinate [SI].</param>
    /// <param name="driveUnit">One unit of the drive [SI].</param>
    public TrainEquations(ResetModel model, SpikeMap map, int spikes, IReadOnlyList<double> coordinateUnit, double driveUnit)
    {
        (_model, _map, Spikes, _coordinates) = (model, map, spikes, model.Coordinates.Count);
        double root = Math.Sqrt(spikes);
        Units = [.. Enumerable.Range(0, spikes * _coordinates).Select(i => coordinateUnit[i % _coordinates] * root), driveUnit];
        Passages = [.. Enumerable.Range(0, spikes).Select(_ => new Passage(model))];
        _from = new double[_coordinates];
    }

    /// <summary>The equations of trains of half as many spikes, whose units are smaller by the root of 2.</summary>
    public TrainEquations OfHalf()
    {
        double root = Math.Sqrt(Spikes);
        return new TrainEquations(_model, _map, Spikes / 2, [.. Units.Take(_coordinates).Select(unit => unit / root)], Units[^1]);
    }

    /// <summary>Spikes in a period.</summary>
    public int Spikes { get; }

    /// <summary>One unit of each unknown [SI]: the coordinates of spike after spike, then the drive.</summary>
    public double[] Units { get; }

    /// <summary>The passages of the unknowns that were evaluated last.</summary>
    public Passage[] Passages { get; }

    /// <summary>What ended the evaluation that failed last.</summary>
    public PassageEnd Failure { get; private set; }

    /// <summary>Solves the equations on the hyperplane through a point across a direction.</summary>
    /// <param name="unknowns">Where to start; receives the solution, of which <see cref="Passages"/> then are.</param>
    /// <param name="direction">The direction.</param>
    /// <returns>Whether there is a solution near.</returns>
    public bool Solve(double[] unknowns, double[] direction)
    {
        Failure = PassageEnd.Spike;
        double before = double.PositiveInfinity;
        double[] start = [.. unknowns];
        for (int i = 0; i < Iterations; i++)
        {
            if (!Evaluate(unknowns))
            {
                return false;
            }

            if (before <= Converged)
            {
                return true;
            }

            Matrix<double> matrix = Jacobian(direction);
            Vector<double> right = Vector<double>.Build.Dense(unknowns.Length);
            double off = 0;
            for (int j = 0; j < unknowns.Length; j++)
            {
                off += direction[j] * (unknowns[j] - start[j]);
            }

            for (int j = 0; j < unknowns.Length - 1; j++)
            {
                right[j] = Residual(unknowns, j);
            }

            right[unknowns.Length - 1] = off;
            Vector<double> change = matrix.LU().Solve(right);
            double size = change.L2Norm();
            if (!(size <= 1))
            {
                return false;
            }

            if (size <= Floor && size >= 0.5 * before)
            {
                return Enumerable.Range(0, unknowns.Length - 1).All(j => Math.Abs(Residual(unknowns, j)) <= WorstResidual);
            }

            for (int j = 0; j < unknowns.Length; j++)
            {
                unknowns[j] -= change[j];
            }

            before = size;
        }

        return false;
    }

    /// <summary>Solves the equations at a drive.</summary>
    /// <param name="drive">The drive [SI].</param>
    /// <param name="unknowns">Where to start; receives the solution.</param>
    /// <returns>Whether there is a solution near.</returns>
    public bool SolveAt(double drive, double[] unknowns)
    {
        unknowns[^1] = drive / Units[^1];
        double[] along = new double[unknowns.Length];
        along[^1] = 1;
        return Solve(unknowns, along);
    }

    /// <summary>How many eigenvalues of an equilibrium have a positive real part.</summary>
    /// <param name="state">A state near it.</param>
    /// <param name="drive">The drive [SI].</param>
    /// <param name="neighbourhood">How near, in parts of scale plus magnitude.</param>
    /// <returns>Their number; null when there is no equilibrium.</returns>
    public int? UnstableNear(ReadOnlySpan<double> state, double drive, double neighbourhood) => _map.UnstableNear(state, drive, neighbourhood);

    /// <summary>Runs the passages of a train.</summary>
    /// <param name="unknowns">The unknowns.</param>
    /// <returns>Whether all of them end with a spike.</returns>
    public bool Evaluate(double[] unknowns)
    {
        double drive = DriveOf(unknowns);
        for (int s = 0; s < Spikes; s++)
        {
            for (int c = 0; c < _coordinates; c++)
            {
                _from[c] = unknowns[s * _coordinates + c] * Units[s * _coordinates + c];
            }

            if (!_map.Run(_from, drive, derivatives: true, Passages[s]))
            {
                Failure = Passages[s].End;
                return false;
            }
        }

        return true;
    }

    /// <summary>The drive among unknowns [SI].</summary>
    /// <param name="unknowns">The unknowns.</param>
    public double DriveOf(double[] unknowns) => unknowns[^1] * Units[^1];

    /// <summary>The direction in which the solutions go on, of length 1.</summary>
    /// <param name="along">A direction that it must not be across to; the result points to the same side.</param>
    /// <returns>The direction; null where there is none.</returns>
    public double[]? Tangent(double[] along)
    {
        Matrix<double> matrix = Jacobian(along);
        Vector<double> right = Vector<double>.Build.Dense(along.Length);
        right[along.Length - 1] = 1;
        Vector<double> tangent = matrix.LU().Solve(right);
        double norm = tangent.L2Norm();
        return norm > 0 && double.IsFinite(norm) ? [.. tangent.Select(each => each / norm)] : null;
    }

    /// <summary>Derivative of the coordinates after a period by those at its start, in units.</summary>
    public Matrix<double> Monodromy()
    {
        Matrix<double> product = Matrix<double>.Build.DenseIdentity(_coordinates);
        foreach (Passage passage in Passages)
        {
            product = SlopesOf(passage) * product;
        }

        return product;
    }

    /// <summary>Derivative of a passage's end by its start, in units.</summary>
    /// <param name="passage">The passage.</param>
    public Matrix<double> SlopesOf(Passage passage) =>
        Matrix<double>.Build.Dense(_coordinates, _coordinates, (row, column) => passage.Slope(row, column) * Units[column] / Units[row]);

    // How steep the map is in a passage, in units.
    private double SteepnessOf(Passage passage)
    {
        double steepest = 0;
        for (int row = 0; row < _coordinates; row++)
        {
            for (int column = 0; column < _coordinates; column++)
            {
                steepest = Math.Max(steepest, Math.Abs(passage.Slope(row, column)) * Units[column] / Units[row]);
            }
        }

        return steepest;
    }

    /// <summary>The solution at the unknowns that were evaluated last.</summary>
    /// <param name="unknowns">The unknowns.</param>
    /// <param name="tangent">The direction in which solutions go on.</param>
    public TrainPoint PointAt(double[] unknowns, double[] tangent)
    {
        Matrix<double> monodromy = Monodromy();
        Complex[] multipliers = _coordinates == 0 ? [] : [.. monodromy.Evd().EigenValues.OrderByDescending(each => each.Magnitude).ThenByDescending(each => each.Imaginary)];
        double residual = 0;
        for (int j = 0; j < unknowns.Length - 1; j++)
        {
            residual = Math.Max(residual, Math.Abs(Residual(unknowns, j)) / (1 + Math.Abs(unknowns[j])));
        }

        Passage highest = Passages.MaxBy(passage => passage.AtSpike[_model.Voltage])!, slowest = Passages.MinBy(passage => passage.SlowestRate)!;
        return new TrainPoint
        {
            Unknowns = [.. unknowns],
            Tangent = tangent,
            Drive = DriveOf(unknowns),
            Period = Passages.Sum(passage => passage.Duration),
            Monodromy = monodromy,
            Multipliers = multipliers,
            HighestMiss = Passages.Max(passage => passage.HighestMiss),
            Steepness = Passages.Min(passage => passage.Steepness),
            Slope = Passages.Max(SteepnessOf),
            Kinks = [.. Passages.SelectMany(passage => passage.Kinks)],
            State = [.. highest.AtSpike],
            Lowest = Passages.Min(passage => passage.Lowest),
            Slowest = [.. slowest.Slowest],
            Residual = residual,
        };
    }

    // Of P(x_i) − x_{i+1}, in units.
    private double Residual(double[] unknowns, int index)
    {
        int spike = index / _coordinates, coordinate = index % _coordinates, next = (spike + 1) % Spikes * _coordinates + coordinate;
        return Passages[spike].Next[coordinate] / Units[coordinate] - unknowns[next];
    }

    // The last row is the direction.
    private Matrix<double> Jacobian(double[] direction)
    {
        int size = direction.Length;
        Matrix<double> matrix = Matrix<double>.Build.Dense(size, size);
        for (int s = 0; s < Spikes; s++)
        {
            for (int row = 0; row < _coordinates; row++)
            {
                int at = s * _coordinates + row;
                for (int column = 0; column < _coordinates; column++)
                {
                    matrix[at, s * _coordinates + column] += Passages[s].Slope(row, column) * Units[column] / Units[row];
                }

                matrix[at, (s + 1) % Spikes * _coordinates + row] -= 1;
                matrix[at, size - 1] = Passages[s].Slope(row, _coordinates) * Units[^1] / Units[row];
            }
        }

        for (int j = 0; j < size; j++)
        {
            matrix[size - 1, j] = direction[j];
        }

        return matrix;
    }
}

/// <summary>A periodic train.</summary>
internal sealed record TrainPoint
{
    /// <summary>The unknowns of <see cref="TrainEquations"/>.</summary>
    public required double[] Unknowns { get; init; }

    /// <summary>The direction in which solutions go on.</summary>
    public required double[] Tangent { get; init; }

    /// <summary>The drive [SI].</summary>
    public required double Drive { get; init; }

    /// <summary>The period [s].</summary>
    public required double Period { get; init; }

    /// <summary>Derivative of the coordinates after a period by those at its start.</summary>
    public required Matrix<double> Monodromy { get; init; }

    /// <summary>Its eigenvalues, by descending modulus.</summary>
    public required IReadOnlyList<Complex> Multipliers { get; init; }

    /// <summary>Number of multipliers outside of the unit circle.</summary>
    public int Unstable => Multipliers.Count(each => each.Magnitude > 1);

    /// <summary>The highest of <see cref="Passage.HighestMiss"/>.</summary>
    public required double HighestMiss { get; init; }

    /// <summary>The lowest of <see cref="Passage.Steepness"/>.</summary>
    public required double Steepness { get; init; }

    /// <summary>How steep the map is at the steepest.</summary>
    public required double Slope { get; init; }

    /// <summary><see cref="Passage.Kinks"/> of spike after spike.</summary>
    public required double[] Kinks { get; init; }

    /// <summary>The state before the spike of highest voltage.</summary>
    public required double[] State { get; init; }

    /// <summary>Lowest voltage.</summary>
    public required double Lowest { get; init; }

    /// <summary>The state where it moves slowest.</summary>
    public required double[] Slowest { get; init; }

    /// <summary>Largest residual of the equations, relative to their terms.</summary>
    public required double Residual { get; init; }
}
