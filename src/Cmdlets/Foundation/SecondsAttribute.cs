using System.Globalization;
using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// Takes a number for a time in seconds, as PowerShell's own cmdlets do. To .NET the number 5 is 5 ticks of 100 ns, and the
/// text 5 is 5 days.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecondsAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) => Of(seconds, text),
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal =>
                Of(Convert.ToDouble(value, CultureInfo.InvariantCulture), value),
            _ => inputData,
        };
    }

    private static TimeSpan Of(double seconds, object value)
    {
        try
        {
            return TimeSpan.FromSeconds(seconds);
        }
        catch (Exception e) when (e is OverflowException or ArgumentException)
        {
            throw new ArgumentTransformationMetadataException($"{value} seconds are not a time that can be waited for.", e);
        }
    }
}
