using System.Text.RegularExpressions;

namespace SweepEngine.Cli;

/// <summary>The jobs that compute a sweep with Kubernetes: an indexed job, and one that merges.</summary>
internal static partial class KubernetesManifest
{
    /// <summary>An indexed job has at most 100,000 completions at a time.</summary>
    public const int MostTasks = 100_000;

    /// <summary>The manifest.</summary>
    /// <param name="plan">The sweep and its tasks; paths are those in the volume.</param>
    /// <param name="image">The image, whose entry point is the program.</param>
    /// <param name="claim">The claim of the volume that all pods mount.</param>
    /// <param name="mount">Where they mount it.</param>
    public static string Text(ClusterPlan plan, string image, string claim, string mount)
    {
        string name = NotInNames().Replace(plan.Spec.Name.ToLowerInvariant(), "-").Trim('-');
        return $$"""
            # {{plan.Title}}, computed with Kubernetes by {{Words.Count(plan.Tasks, "pod")}} that share a folder, then merged.
            # Start, and start again to go on:  kubectl replace --force -f THIS_FILE
            # The volume holds the sweep file as {{plan.SpecFile}}.
            # Written by: {{plan.Command}}
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: {{name}}
            spec:
              completionMode: Indexed  # a pod knows its slice by JOB_COMPLETION_INDEX, from 0
              completions: {{plan.Tasks}}  # slices of the sweep
              parallelism: {{plan.Tasks}}  # pods at a time; fewer do as well, since each helps with the rest when its slice is done
              activeDeadlineSeconds: {{60L * plan.Minutes}}  # longest time of the job [s]
              backoffLimit: {{ClusterPlan.Starts}}  # crashed pods that start again; a point that kills its process is found after ten to twenty
              podFailurePolicy:
                rules:
                  - action: Ignore  # a pod that was preempted or whose node failed starts again and does not count
                    onPodConditions:
                      - type: DisruptionTarget
                        status: "True"
                  - action: FailJob  # wrong input and defects of the program do not get better by starting again
                    onExitCodes:
                      operator: In
                      values: [1, 2]
              template:
                spec:
                  restartPolicy: Never  # the job starts a new pod instead
                  terminationGracePeriodSeconds: {{ClusterPlan.GraceSeconds}}  # time to finish what is computed, when a pod is told to go [s]
                  containers:
                    - name: sweep
                      image: {{Quoted(image)}}  # its entry point is the program
                      args: [run, {{Quoted(plan.SpecFile)}}, --out, {{Quoted(plan.Output)}}, --shard, "$(JOB_COMPLETION_INDEX)/{{plan.Tasks}}", --workers, "{{plan.Cores}}"]
            {{Means(plan.Cores)}}
            ---
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: {{name}}-merge
            spec:
              activeDeadlineSeconds: {{60L * plan.Minutes}}  # longest time of the job [s], waiting included
              backoffLimit: {{ClusterPlan.Starts}}  # times that it starts again; it goes on with what is merged
              template:
                spec:
                  restartPolicy: Never
                  containers:
                    - name: merge
                      image: {{Quoted(image)}}
                      args: [merge, {{Quoted(plan.Output)}}, --wait, --spec, {{Quoted(plan.SpecFile)}}]
            {{Means(1)}}

            """;

        string Means(int cores) =>
            $"""
                      resources:
                        requests:
                          cpu: {cores}  # cores of the pod
                          memory: {plan.Memory}Mi  # memory of the pod [MiB]
                        limits:
                          memory: {plan.Memory}Mi  # a pod that takes more is killed [MiB]
                      volumeMounts:
                        - name: shared
                          mountPath: {Quoted(mount)}
                  volumes:
                    - name: shared
                      persistentVolumeClaim:
                        claimName: {Quoted(claim)}  # a volume that all nodes mount at once (ReadWriteMany)
            """;
    }

    // For YAML: a JSON string is one.
    private static string Quoted(string text) => $"\"{System.Text.Json.JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    [GeneratedRegex("[^a-z0-9-]+")]
    private static partial Regex NotInNames();
}
