namespace SweepEngine.Cli;

/// <summary>The script that computes a sweep with Slurm: an array of tasks, and a merge that depends on it.</summary>
internal static class SlurmScript
{
    /// <summary>An array has at most 1,001 ids where the cluster does not say otherwise (MaxArraySize).</summary>
    public const int MostTasks = 1000;

    /// <summary>The script.</summary>
    /// <param name="plan">The sweep and its tasks.</param>
    /// <param name="program">The program, as the nodes find it.</param>
    /// <param name="partition">Which partition; null for the cluster's default.</param>
    public static string Text(ClusterPlan plan, string program, string? partition) =>
        $$"""
        #!/bin/bash
        # {{plan.Title}}, computed with Slurm by {{Words.Count(plan.Tasks, "task")}} that share a folder, then merged.
        # Start, and start again to go on:  bash THIS_FILE      (with the same sweep file and folder, on a file system of all nodes)
        # Look:                             sweep status {{plan.Output}}
        # Written by: {{plan.Command}}
        #SBATCH --job-name={{plan.Spec.Name}}
        #SBATCH --array=0-{{plan.Tasks - 1}}  # ids of the tasks, from 0: each computes its slice first, then helps with the rest
        #SBATCH --cpus-per-task={{plan.Cores}}  # cores of each task
        #SBATCH --mem={{plan.Memory}}M  # memory of each task [MiB]
        #SBATCH --time={{plan.Minutes}}  # longest time of a task [min]; what is not done by then goes on in another turn
        #SBATCH --signal=B:USR1@{{ClusterPlan.GraceSeconds}}  # time before that end at which the task is told to finish what it computes [s]
        #SBATCH --requeue  # a task that was preempted, or whose node failed, starts again
        #SBATCH --open-mode=append  # ... and writes on in the same log
        {{(partition is null ? "# #SBATCH --partition=NAME  # where to run; without it, the cluster's default" : $"#SBATCH --partition={partition}  # where to run")}}

        sweep={{Quoted(program)}}  # the program, in the PATH of the nodes or with its path
        spec={{Quoted(plan.SpecFile)}}  # the sweep file, seen from the folder in which this is started
        out={{Quoted(plan.Output)}}  # the folder of the sweep; shared by all tasks
        tasks={{plan.Tasks}}  # slices of the sweep; the array has as many ids

        if [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
          array=$(sbatch --parsable "$0") || exit
          merge=$(sbatch --parsable --dependency=afterany:"${array%%;*}" --job-name={{plan.Spec.Name}}-merge --cpus-per-task=1 --mem={{plan.Memory}}M --time={{plan.Minutes}}{{(partition is null ? "" : $" --partition={partition}")}} \
            --wrap="$(printf '%q ' "$sweep" merge "$out" --spec "$spec")") || exit
          echo "array job ${array%%;*} computes, job ${merge%%;*} then merges into $out"
          exit
        fi

        # scancel and preemption send TERM: what is computed is finished and kept. USR1 says that the time is nearly up: the same, and another turn.
        process= signalled= leaving= again=
        leave() { signalled=1 leaving=1; [ -z "$process" ] || kill -TERM "$process"; }
        trap leave TERM
        trap 'again=1; leave' USR1

        # A crash (a point that kills its process, too little memory) starts again: what was in work is known then, and the point is found.
        for start in $(seq {{ClusterPlan.Starts}}); do
          code=130 process=
          [ -z "$leaving" ] || break
          "$sweep" run "$spec" --out "$out" --shard "$SLURM_ARRAY_TASK_ID/$tasks" --workers {{plan.Cores}} &
          process=$!
          wait "$process"
          code=$?
          while [ -n "$signalled" ]; do  # a signal ends 'wait' before the program ends
            signalled=
            wait "$process"
            code=$?
          done
          case "$code" in 0 | 1 | 2 | 4 | 130) break ;; esac
          echo "task $SLURM_ARRAY_TASK_ID crashed with code $code at start $start" >&2
        done
        if [ "$code" = 130 ] && [ -n "$again" ]; then
          scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
        fi
        exit "$code"

        """;

    // For bash: nothing is special between single quotes but the quote itself.
    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
