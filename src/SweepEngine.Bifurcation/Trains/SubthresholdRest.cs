using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>Equilibria below threshold: what is left of the equilibria of the equations alone, and where they meet the threshold.</summary>
/// <param name="model">The model.</param>
internal sealed class SubthresholdRest(ResetModel model)
{
    private const int Iterations = 20;

    // Below this, a threshold crossing is found; in parts of scale plus magnitude.
    private const double Converged = 1e-14;

    private readonly double[] _time = new double[1], _rise = new double[2], _outputs = new double[model.Flow.OutputCount], _crossing = new double[model.States + 1];

    /// <summary>Cuts a diagram of equilibria at the threshold.</summary>
    /// <param name="equilibria">Equilibria of the equations without the reset.</param>
    /// <param name="parameters">Swept parameters [SI]; the drive's is overwritten.</param>
    /// <returns>Their parts below threshold, with the points on these and those where they meet the threshold.</returns>
    public Diagram Cut(Diagram equilibria, double[] parameters)
    {
        List<Branch> branches = [];
        List<BifurcationPoint> points = [];
        for (int b = 0; b < equilibria.Branches.Count; b++)
        {
            Branch branch = equilibria.Branches[b];
            int first = branches.Count;
            List<BranchPoint> part = [];
            BranchEnd start = branch.Start;
            for (int i = 0; i < branch.Points.Count; i++)
            {
                BranchPoint here = branch.Points[i];
                bool below = Height(here.State, here.Drive, parameters) < 0;
                bool meets = i > 0 && below != (Height(branch.Points[i - 1].State, branch.Points[i - 1].Drive, parameters) < 0);
                if (meets)
                {
                    BifurcationPoint crossing = Cross(branch.Points[i - 1], here, below ? here.Unstable : branch.Points[i - 1].Unstable, branches.Count, parameters);
                    points.Add(crossing);
                    BranchPoint there = new(crossing.Drive, crossing.State, double.NaN, double.NaN, crossing.UnstableBefore, 0);
                    part.Add(there);
                    if (!below)
                    {
                        branches.Add(branch with { Start = start, End = BranchEnd.ThresholdCrossing, Points = part });
                        part = [];
                    }

                    start = BranchEnd.ThresholdCrossing;
                }

                if (below)
                {
                    part.Add(here);
                }
            }

            if (part.Count > 0)
            {
                branches.Add(branch with { Start = start, Points = part });
            }

            foreach (BifurcationPoint point in equilibria.Points.Where(point => point.Branch == b && Height(point.State, point.Drive, parameters) < 0))
            {
                int nearest = Enumerable.Range(first, branches.Count - first).MinBy(i => branches[i].Points.Min(each => Distance(each, point)));
                points.Add(point with { Branch = nearest });
            }
        }

        return new Diagram(branches, [.. points.OrderBy(point => point.Drive)], equilibria.Status);
    }

    private double Distance(BranchPoint a, BifurcationPoint b)
    {
        double distance = Math.Abs(a.Drive - b.Drive) / model.DriveScale;
        for (int i = 0; i < a.State.Length; i++)
        {
            distance = Math.Max(distance, Math.Abs(a.State[i] - b.State[i]) / model.Scale[i]);
        }

        return distance;
    }

    private double Height(double[] state, double drive, double[] parameters)
    {
        parameters[model.Drive] = drive;
        model.Rise.Evaluate(_time, state, parameters, _rise, 1, 0, 1);
        return _rise[0];
    }

    // Newton's method for an equilibrium at threshold between two equilibria, in state and drive.
    private BifurcationPoint Cross(BranchPoint a, BranchPoint b, int unstable, int branch, double[] parameters)
    {
        int n = model.States;
        double heightA = Height(a.State, a.Drive, parameters), heightB = Height(b.State, b.Drive, parameters), part = heightA / (heightA - heightB);
        double[] state = [.. a.State.Zip(b.State, (u, v) => u + part * (v - u))];
        double drive = a.Drive + part * (b.Drive - a.Drive), residual = double.PositiveInfinity;
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            double height = Height(state, drive, parameters);
            model.Flow.Evaluate(_time, state, parameters, _outputs, 1, 0, 1);
            model.Crossing.Evaluate(_time, state, parameters, _crossing, 1, 0, 1);
            Matrix<double> matrix = Matrix<double>.Build.Dense(n + 1, n + 1);
            Vector<double> right = Vector<double>.Build.Dense(n + 1);
            for (int e = 0; e < model.Entries.Count; e++)
            {
                (int row, int column) = model.Entries[e];
                matrix[row, column] = _outputs[n + e] * model.Scale[column] / model.Scale[row];
            }

            for (int d = 0; d < model.DriveRows.Count; d++)
            {
                matrix[model.DriveRows[d], n] = _outputs[n + model.Entries.Count + d] * model.DriveScale / model.Scale[model.DriveRows[d]];
            }

            for (int i = 0; i < n; i++)
            {
                right[i] = _outputs[i] / model.Scale[i];
                matrix[n, i] = _crossing[i] * model.Scale[i] / model.Scale[model.Voltage];
            }

            matrix[n, n] = _crossing[n] * model.DriveScale / model.Scale[model.Voltage];
            right[n] = height / model.Scale[model.Voltage];
            Vector<double> change = matrix.LU().Solve(right);
            double size = Math.Abs(change[n]) * model.DriveScale / (model.DriveScale + Math.Abs(drive));
            for (int i = 0; i < n; i++)
            {
                size = Math.Max(size, Math.Abs(change[i]) * model.Scale[i] / (model.Scale[i] + Math.Abs(state[i])));
                state[i] -= change[i] * model.Scale[i];
            }

            drive -= change[n] * model.DriveScale;
            bool done = !(size < residual) || size <= Converged;
            residual = Math.Min(size, residual);
            if (done)
            {
                break;
            }
        }

        parameters[model.Drive] = drive;
        Complex[] eigenvalues = model.EigenvaluesAt(state, parameters);
        return new BifurcationPoint
        {
            Kind = BifurcationKind.ThresholdCrossing,
            Branch = branch,
            Drive = drive,
            State = state,
            Eigenvalues = eigenvalues,
            Residual = residual,
            UnstableBefore = unstable,
            UnstableAfter = unstable,
        };
    }
}
