namespace SweepEngine.Bifurcation;

/// <summary>
/// A fold of cycles, or the change of one along its curve: the cycle u(x), x = t/T, and a change v(x) of it, with that of the period, σT, for which the equations of the cycle do not change to first order.
/// </summary>
/// <param name="profile">u and v, shape [2 × states], in display units; the period; the drive, in units of its range above its lower end.</param>
internal sealed class CycleFold(CycleProfile profile)
{
    /// <summary>u and behind it v, period and drive.</summary>
    public CycleProfile Profile { get; } = profile;

    /// <summary>σ, the relative change of the period that belongs to v.</summary>
    public double Stretch { get; set; }

    /// <summary>The second parameter, in units of its range above its lower end.</summary>
    public double Second { get; set; }

    /// <summary>Number of states.</summary>
    public int States => Profile.States / 2;

    /// <summary>The profile of a cycle with room for v behind it.</summary>
    /// <param name="cycle">The cycle.</param>
    public static CycleProfile Doubled(CycleProfile cycle)
    {
        CycleProfile doubled = new(2 * cycle.States, cycle.Intervals) { Period = cycle.Period, Drive = cycle.Drive };
        cycle.Starts.CopyTo(doubled.Starts, 0);
        cycle.Points.CopyTo(doubled.Points, 0);
        return doubled;
    }

    /// <summary>A copy of it.</summary>
    public CycleFold Copy()
    {
        CycleFold copy = new(new CycleProfile(Profile.States, Profile.Intervals)) { Stretch = Stretch, Second = Second };
        copy.Profile.Take(Profile);
        return copy;
    }

    /// <summary>Adds a multiple of another one on the same mesh.</summary>
    /// <param name="factor">The multiple.</param>
    /// <param name="other">The other one.</param>
    public void Add(double factor, CycleFold other)
    {
        Profile.Add(factor, other.Profile);
        (Stretch, Second) = (Stretch + (factor * other.Stretch), Second + (factor * other.Second));
    }

    /// <summary>Multiplies all values.</summary>
    /// <param name="factor">By what.</param>
    public void Scale(double factor)
    {
        Profile.Scale(factor);
        (Stretch, Second) = (Stretch * factor, Second * factor);
    }

    /// <summary>The same on another mesh.</summary>
    /// <param name="from">Its mesh.</param>
    /// <param name="to">The other mesh.</param>
    public CycleFold On(double[] from, double[] to) => new(CycleMesh.Resample(Profile, from, to)) { Stretch = Stretch, Second = Second };

    /// <summary>Product of two directions, over cycle, period, drive and second parameter; v has no part in it, since it follows from them.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <param name="period">The period of the cycle to which they belong.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="weights">Weights of the squares of the states.</param>
    public static double Product(CycleFold a, CycleFold b, double period, double[] mesh, double[] weights) =>
        (a.Profile.Period / period * (b.Profile.Period / period)) + (a.Profile.Drive * b.Profile.Drive) + (a.Second * b.Second) + Product(a.Profile, 0, b.Profile, 0, mesh, weights);

    /// <summary>Product of states alone.</summary>
    /// <param name="a">One.</param>
    /// <param name="ofA">0 for u, the number of states for v.</param>
    /// <param name="b">The other.</param>
    /// <param name="ofB">As <paramref name="ofA"/>.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="weights">Weights of the squares of the states.</param>
    public static double Product(CycleProfile a, int ofA, CycleProfile b, int ofB, double[] mesh, double[] weights)
    {
        double sum = 0;
        for (int k = 0; k < weights.Length; k++)
        {
            for (int i = 0; i < a.Intervals; i++)
            {
                sum += weights[k] * (mesh[i + 1] - mesh[i]) * a.Starts[((ofA + k) * a.Intervals) + i] * b.Starts[((ofB + k) * b.Intervals) + i];
            }
        }

        return sum;
    }
}

/// <summary>What makes a fold of cycles one point: in which directions it may be corrected. Products are over starts of intervals, with their lengths and the states' weights.</summary>
/// <param name="Mesh">The mesh, shape [intervals + 1].</param>
/// <param name="Weights">Weights of the squares of the states, shape [states].</param>
/// <param name="Phase">Proportional to du/dx at starts of intervals, weighted: corrections of u, and v, have no part along it. Shape [states × intervals].</param>
/// <param name="Norm">The product of v and σ with those of this fold is 1.</param>
/// <param name="Path">Corrections have no part along it.</param>
internal sealed record CycleFoldRows(double[] Mesh, double[] Weights, double[] Phase, CycleFold Norm, CycleFold Path)
{
    /// <summary>Makes them for a guess.</summary>
    /// <param name="guess">The guess; its v is scaled to length 1.</param>
    /// <param name="path">Corrections have no part along it.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="weights">Weights of the squares of the states.</param>
    public static CycleFoldRows Across(CycleFold guess, CycleFold path, double[] mesh, double[] weights)
    {
        Normalise(guess, mesh, weights);
        return new(mesh, weights, PhaseOf(guess.Profile, weights), guess.Copy(), path);
    }

    /// <summary>Scales v and σ to length 1.</summary>
    /// <param name="fold">The fold.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="weights">Weights of the squares of the states.</param>
    public static void Normalise(CycleFold fold, double[] mesh, double[] weights)
    {
        CycleProfile profile = fold.Profile;
        int n = fold.States, from = n * profile.Intervals;
        double length = Math.Sqrt(CycleFold.Product(profile, n, profile, n, mesh, weights) + (fold.Stretch * fold.Stretch));
        foreach (ref double value in profile.Starts.AsSpan(from))
        {
            value /= length;
        }

        foreach (ref double value in profile.Points.AsSpan(from * GaussCollocation.Stages))
        {
            value /= length;
        }

        fold.Stretch /= length;
    }

    /// <summary>du/dx at starts of intervals times the weights of states and intervals. Shape [states × intervals].</summary>
    /// <param name="profile">u, perhaps with more behind it.</param>
    /// <param name="weights">Weights of the squares of the states.</param>
    public static double[] PhaseOf(CycleProfile profile, double[] weights)
    {
        int n = profile.Intervals;
        double[] phase = new double[weights.Length * n];
        Span<double> values = stackalloc double[GaussCollocation.Nodes];
        for (int k = 0; k < weights.Length; k++)
        {
            for (int i = 0; i < n; i++)
            {
                profile.Polynomial(k, i, values);
                for (int node = 0; node < values.Length; node++)
                {
                    // The length of the interval is in the weight and in the slope.
                    phase[(k * n) + i] += weights[k] * GaussCollocation.SlopeAtStart[node] * values[node];
                }
            }
        }

        return phase;
    }
}
