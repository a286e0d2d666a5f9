using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation.Tests;

/// <summary>
/// Equilibria of the equations of a model with a reset, by solving for the drive and the other states at one voltage after the other: a plain method, apart from those of the library.
/// </summary>
internal sealed class ScannedRest
{
    private readonly ResetModel _model;
    private readonly double[] _state;
    private double _drive;

    private ScannedRest(ResetModel model, double drive)
    {
        (_model, _drive, _state) = (model, drive, new double[model.States]);
        model.Code.Start.Evaluate([0], [], [drive], _state, 1, 0, 1);
    }

    /// <summary>The equilibria of a model, the drive of which is its only swept parameter, within a range of the drive and from −150 to 60 mV.</summary>
    public static Diagram Of(ModelCode code, double lowest, double highest)
    {
        var scan = new ScannedRest(new ResetModel(code, code.Swept[0]), 0.5 * (lowest + highest));
        List<Branch> branches = [];
        List<BifurcationPoint> points = [];
        List<BranchPoint> part = [];
        Solution? before = null;
        for (int i = -600; i <= 240; i++)
        {
            Solution here = scan.At(i * 0.25e-3);
            if (!(here.Drive >= lowest && here.Drive <= highest))
            {
                Close();
                before = null;
                continue;
            }

            if (before is not null)
            {
                Find(before, here, each => each.Slope, BifurcationKind.Fold);
                if (before.IsSpiral && here.IsSpiral)
                {
                    Find(before, here, each => each.Eigenvalues[0].Real, BifurcationKind.Hopf);
                }
            }

            part.Add(new BranchPoint(here.Drive, here.State, double.NaN, double.NaN, here.Unstable, 0));
            before = here;
        }

        Close();
        return new Diagram(branches, points, Diagram.Complete);

        void Close()
        {
            if (part.Count > 0)
            {
                branches.Add(new Branch(BranchKind.Equilibria, BranchEnd.Range, BranchEnd.Range, part));
                part = [];
            }
        }

        void Find(Solution a, Solution b, Func<Solution, double> function, BifurcationKind kind)
        {
            double from = a.Voltage, to = b.Voltage, sign = function(a);
            if (sign * function(b) >= 0)
            {
                return;
            }

            for (int i = 0; i < 60; i++)
            {
                double middle = 0.5 * (from + to);
                (from, to) = function(scan.At(middle)) * sign > 0 ? (middle, to) : (from, middle);
            }

            Solution at = scan.At(0.5 * (from + to));
            points.Add(new BifurcationPoint
            {
                Kind = kind,
                Branch = branches.Count,
                Drive = at.Drive,
                State = at.State,
                Eigenvalues = at.Eigenvalues,
                Residual = 0,
                UnstableBefore = a.Unstable,
                UnstableAfter = b.Unstable,
            });
        }
    }

    private Solution At(double voltage)
    {
        int n = _model.States;
        double[] outputs = new double[_model.Flow.OutputCount];
        double slope = 0;
        _state[_model.Voltage] = voltage;
        for (int iteration = 0; iteration < 30; iteration++)
        {
            _model.Flow.Evaluate([0], _state, [_drive], outputs, 1, 0, 1);
            Matrix<double> matrix = Matrix<double>.Build.Dense(n, n);
            Vector<double> right = Vector<double>.Build.Dense(n, i => outputs[i] / _model.Scale[i]), byVoltage = Vector<double>.Build.Dense(n);
            for (int e = 0; e < _model.Entries.Count; e++)
            {
                (int row, int column) = _model.Entries[e];
                double entry = outputs[n + e] * _model.Scale[column] / _model.Scale[row];
                if (column == _model.Voltage)
                {
                    byVoltage[row] = entry;
                }
                else
                {
                    matrix[row, column] = entry;
                }
            }

            for (int d = 0; d < _model.DriveRows.Count; d++)
            {
                matrix[_model.DriveRows[d], _model.Voltage] = outputs[n + _model.Entries.Count + d] * _model.DriveScale / _model.Scale[_model.DriveRows[d]];
            }

            var factors = matrix.LU();
            slope = -factors.Solve(byVoltage)[_model.Voltage];
            Vector<double> change = factors.Solve(right);
            for (int i = 0; i < n; i++)
            {
                _state[i] -= i == _model.Voltage ? 0 : change[i] * _model.Scale[i];
            }

            _drive -= change[_model.Voltage] * _model.DriveScale;
            if (change.L2Norm() < 1e-13)
            {
                break;
            }
        }

        return new Solution(voltage, _drive, [.. _state], slope, _model.EigenvaluesAt(_state, [_drive]));
    }

    private sealed record Solution(double Voltage, double Drive, double[] State, double Slope, Complex[] Eigenvalues)
    {
        public int Unstable => Eigenvalues.Count(each => each.Real > 0);

        public bool IsSpiral => Eigenvalues[0].Imaginary != 0;
    }
}
