#!/bin/bash
# adaptation-atlas: 8,484 points in 84 curves, computed with Slurm by 100 tasks that share a folder, then merged.
# Start, and start again to go on:  bash THIS_FILE      (with the same sweep file and folder, on a file system of all nodes)
# Look:                             sweep status results/adaptation-atlas
# Written by: sweep export slurm examples/adaptation.yaml --tasks 100 --cpus 4 --time 120 --memory 4000
#SBATCH --job-name=adaptation-atlas
#SBATCH --array=0-99  # ids of the tasks, from 0: each computes its slice first, then helps with the rest
#SBATCH --cpus-per-task=4  # cores of each task
#SBATCH --mem=4000M  # memory of each task [MiB]
#SBATCH --time=120  # longest time of a task [min]; what is not done by then goes on in another turn
#SBATCH --signal=B:USR1@120  # time before that end at which the task is told to finish what it computes [s]
#SBATCH --requeue  # a task that was preempted, or whose node failed, starts again
#SBATCH --open-mode=append  # ... and writes on in the same log
# #SBATCH --partition=NAME  # where to run; without it, the cluster's default

sweep='sweep'  # the program, in the PATH of the nodes or with its path
spec='examples/adaptation.yaml'  # the sweep file, seen from the folder in which this is started
out='results/adaptation-atlas'  # the folder of the sweep; shared by all tasks
tasks=100  # slices of the sweep; the array has as many ids

if [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
  array=$(sbatch --parsable "$0") || exit
  merge=$(sbatch --parsable --dependency=afterany:"${array%%;*}" --job-name=adaptation-atlas-merge --cpus-per-task=1 --mem=4000M --time=120 \
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
for start in $(seq 100); do
  code=130 process=
  [ -z "$leaving" ] || break
  "$sweep" run "$spec" --out "$out" --shard "$SLURM_ARRAY_TASK_ID/$tasks" --workers 4 &
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
