namespace SweepEngine.Simulation;

/// <summary>
/// The spikes of one grid point within its recording, reduced online to the features of the column list: counts, first and
/// last intervals, their variation and adaptation. No spike time but the last few is kept.
/// </summary>
/// <remarks>
/// Names and definitions are eFEL's (version 5.7.13, settings at their defaults), in the continuous limit: a spike's time
/// is that of the voltage's peak between its crossings of threshold, or the threshold crossing itself where a reset follows.
/// </remarks>
internal struct SpikeTrain
{
    private double _lastSpike;
    private double _lastInterval;
    private double _lastStimulusSpike;
    private double _lastStimulusInterval;
    private double _firstInterval;
    private double _intervalMean;
    private double _intervalSquares;
    private double _adaptationSum;

    /// <summary>Number of spikes in the recording.</summary>
    public long Count { get; private set; }

    /// <summary>Number of spikes during the stimulus, both ends included.</summary>
    public long StimulusCount { get; private set; }

    /// <summary>Time of the first spike [s]; meaningless when there is none.</summary>
    public double FirstSpike { get; private set; }

    /// <summary>A train of which only this is known; features of all its intervals are not defined.</summary>
    /// <param name="count">Number of spikes.</param>
    /// <param name="stimulusCount">Number of spikes during the stimulus.</param>
    /// <param name="first">Time of the first spike [s].</param>
    /// <param name="second">Time of the second spike [s].</param>
    /// <param name="last">Time of the last spike [s].</param>
    /// <param name="lastInterval">The last interval [s].</param>
    /// <param name="lastInStimulus">Time of the last spike during the stimulus [s].</param>
    public static SpikeTrain Of(long count, long stimulusCount, double first, double second, double last, double lastInterval, double lastInStimulus) => new()
    {
        Count = count,
        StimulusCount = stimulusCount,
        FirstSpike = first,
        _firstInterval = second - first,
        _lastSpike = last,
        _lastInterval = lastInterval,
        _lastStimulusSpike = lastInStimulus,
        _intervalSquares = double.NaN,
        _adaptationSum = double.NaN,
    };

    /// <summary>Takes one more spike.</summary>
    /// <param name="time">Its time [s], above that of the spike before.</param>
    /// <param name="recording">Its times, for spikes inside and outside of the stimulus.</param>
    public void Add(double time, in Recording recording)
    {
        if (time < recording.From)
        {
            return;
        }

        if (Count == 0)
        {
            FirstSpike = time;
        }
        else
        {
            AddIntervals(time - _lastSpike, 1);
        }

        if (time >= recording.On && time <= recording.Off)
        {
            double interval = time - _lastStimulusSpike;
            // The first spike is left out, so the first interval that counts ends at the third.
            if (StimulusCount >= 3)
            {
                _adaptationSum += (interval - _lastStimulusInterval) / (interval + _lastStimulusInterval);
            }

            _lastStimulusInterval = interval;
            _lastStimulusSpike = time;
            StimulusCount++;
        }

        _lastSpike = time;
        Count++;
    }

    /// <summary>
    /// Takes the spikes of a train that goes on at the interval <paramref name="period"/> after the last spike, all of them
    /// within the stimulus.
    /// </summary>
    /// <param name="period">Interval [s], &gt; 0.</param>
    /// <param name="last">No spike later than this [s], ≤ the end of the stimulus.</param>
    /// <param name="recording">Its times.</param>
    public void Continue(double period, double last, in Recording recording)
    {
        // A first spike of the continuation fixes how it meets the train so far; the others only repeat it.
        if (Count > 0 && _lastSpike + period <= last)
        {
            Add(_lastSpike + period, recording);
        }

        long more = Count == 0 ? 0 : (long)Math.Floor((last - _lastSpike) / period);
        if (more <= 0)
        {
            return;
        }

        AddIntervals(period, more);
        Count += more;
        StimulusCount += more;
        _lastSpike += more * period;
        _lastStimulusSpike = _lastSpike;
    }

    private void AddIntervals(double interval, long count)
    {
        if (Count == 1)
        {
            _firstInterval = interval;
            count--;
        }

        _lastInterval = interval;
        if (count > 0)
        {
            // Merging of means and sums of squares: T. F. Chan, G. H. Golub, R. J. LeVeque, Am. Stat. 37 (1983) 242.
            long before = Math.Max(Count - 2, 0);
            double deviation = interval - _intervalMean;
            _intervalMean += deviation * count / (before + count);
            _intervalSquares += deviation * deviation * before * count / (before + count);
        }
    }

    /// <summary>Spikes in the stimulus over the time from its start to the last of them [Hz]; NaN without such spikes.</summary>
    public readonly double MeanFrequency(in Recording recording) =>
        StimulusCount > 0 && _lastStimulusSpike > recording.On ? StimulusCount / (_lastStimulusSpike - recording.On) : double.NaN;

    /// <summary>Spikes in the stimulus over its duration [Hz].</summary>
    public readonly double MeanRate(in Recording recording) => StimulusCount / recording.Duration;

    /// <summary>Time from the start of the stimulus to the first spike [s]; NaN without spikes.</summary>
    public readonly double TimeToFirstSpike(in Recording recording) => Count > 0 ? FirstSpike - recording.On : double.NaN;

    /// <summary>Time from the start of the stimulus to the last spike [s]; NaN without spikes.</summary>
    public readonly double TimeToLastSpike(in Recording recording) => Count > 0 ? _lastSpike - recording.On : double.NaN;

    /// <summary>One over the first interval [Hz]; NaN with fewer than two spikes.</summary>
    public readonly double InverseFirstInterval => Count > 1 ? 1 / _firstInterval : double.NaN;

    /// <summary>One over the last interval [Hz]; NaN with fewer than two spikes.</summary>
    public readonly double InverseLastInterval => Count > 1 ? 1 / _lastInterval : double.NaN;

    /// <summary>
    /// Standard deviation (n − 1) over mean of the intervals without the first; NaN with fewer than four spikes.
    /// </summary>
    public readonly double IntervalVariation =>
        Count > 3 ? Math.Sqrt(_intervalSquares / (Count - 3)) / _intervalMean : double.NaN;

    /// <summary>
    /// Mean of (x_i − x_{i−1})/(x_i + x_{i−1}) over the intervals x in the stimulus, the first spike left out; NaN with fewer
    /// than four spikes in the stimulus.
    /// </summary>
    public readonly double AdaptationIndex2 => StimulusCount > 3 ? _adaptationSum / (StimulusCount - 3) : double.NaN;
}
