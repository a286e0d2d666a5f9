namespace SweepEngine.Equations;

/// <summary>A spike or an event while it is read; its parts are kept apart, so that each is checked although another is wrong.</summary>
/// <param name="name">The event's name; empty for the spike.</param>
internal sealed class EventDraft(string name)
{
    public string Name => name;

    /// <summary>The condition that becomes true.</summary>
    public Expression? When { get; set; }

    /// <summary>The first time.</summary>
    public Expression? First { get; set; }

    public Expression? Every { get; set; }

    public Expression? Last { get; set; }

    public List<ResetAssignment> Reset { get; } = [];

    public List<RandomDraw> Draws { get; } = [];

    public Expression? RefractoryFor { get; set; }

    public List<string> Hold { get; } = [];

    /// <summary>Its expressions, for checks that ask all of them the same, with what each is to the user.</summary>
    public IEnumerable<(Expression Value, string What)> Expressions
    {
        get
        {
            string of = name.Length == 0 ? "the spike" : $"the event {name}";
            foreach ((Expression? value, string what) in new[] { (When, "the condition"), (First, "the time"), (Every, "the interval"), (Last, "the last time") })
            {
                if (value is not null)
                    yield return (value, $"{what} of {of}");
            }
            foreach (ResetAssignment assignment in Reset)
                yield return (assignment.Value, $"the new value of {assignment.State}");
            foreach (Expression argument in Draws.SelectMany(draw => draw.Arguments))
                yield return (argument, "the distribution of a random number");
            if (RefractoryFor is not null)
                yield return (RefractoryFor, "the refractory time");
        }
    }
}
