#!/bin/bash
# A hundred shards of a check as a job array, on a file system that all nodes share. A task that is lost goes on where it was:
#
#     job=$(sbatch --parsable slurm.sh)
#     sbatch --dependency=afterany:"$job" --wrap 'npx corr2d-parity merge results/shard-*.jsonl --html parity.html'
#
#SBATCH --job-name=corr2d-parity
#SBATCH --array=0-99
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=01:00:00
#SBATCH --requeue

set -euo pipefail
mkdir -p results
exec npx corr2d-parity check ./my-conv.mjs --cases 1000000 --jobs "$SLURM_CPUS_PER_TASK" --shard auto \
  --records "results/shard-$SLURM_ARRAY_TASK_ID.jsonl" --resume
