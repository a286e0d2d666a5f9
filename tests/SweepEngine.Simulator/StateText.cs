using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace SweepEngine.Simulator;

/// <summary>
/// Prints all fields of an object graph, so that two machines with the same text behave alike. Sets and dictionaries are sorted, delegates are
/// left out, and times are given from <paramref name="origin"/> on.
/// </summary>
/// <param name="origin">The present time of the machine.</param>
internal sealed class StateText(TimeSpan origin)
{
    private static readonly Dictionary<Type, FieldInfo[]> s_fields = [];

    private readonly StringBuilder _text = new();

    /// <summary>The text of a machine, or of a record.</summary>
    public static string Of(object? value, TimeSpan origin = default)
    {
        var text = new StateText(origin);
        text.Write(value);
        return text._text.ToString();
    }

    private void Write(object? value)
    {
        switch (value)
        {
            case null: _text.Append('-'); break;
            case string or bool or Enum: _text.Append(value); break;
            case TimeSpan time: _text.Append((time - origin).Ticks); break;
            case IFormattable number when value.GetType().IsPrimitive: _text.Append(number.ToString(null, CultureInfo.InvariantCulture)); break;
            case Delegate: break;
            case IEnumerable items: WriteItems(items); break;
            default: WriteFields(value); break;
        }
    }

    private void WriteItems(IEnumerable items)
    {
        bool isUnordered = items is IDictionary || items.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(HashSet<>);
        IEnumerable<string> texts = items.Cast<object?>().Select(item => Of(item, origin));
        _text.Append('[').AppendJoin(' ', isUnordered ? texts.Order(StringComparer.Ordinal) : texts).Append(']');
    }

    private void WriteFields(object value)
    {
        var type = value.GetType();
        if (type.Name.StartsWith("PriorityQueue", StringComparison.Ordinal))
        {
            WriteItems(((IEnumerable)type.GetProperty("UnorderedItems")!.GetValue(value)!).Cast<object>().Select(item => Of(item, origin)).Order(StringComparer.Ordinal));
            return;
        }
        if (!s_fields.TryGetValue(type, out var fields)) s_fields.Add(type, fields = [.. FieldsOf(type)]);
        _text.Append(type.Name).Append('(');
        foreach (var field in fields)
        {
            object? part = field.GetValue(value);
            Write(part is TimeSpan duration && field.IsInitOnly ? duration + origin : part); // what never changes is no time of day
            _text.Append(' ');
        }
        _text.Append(')');
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (var each = type; each is not null && each != typeof(object); each = each.BaseType)
            foreach (var field in each.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                if (!typeof(Delegate).IsAssignableFrom(field.FieldType)) yield return field;
    }
}
