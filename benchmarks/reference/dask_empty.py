"""Empty tasks on Dask's LocalCluster (Debian: python3-distributed).

dask_empty.py TASKS WORKERS
prints: start of the cluster to the first task's start [s], and to the last result [s]
"""
import logging
import sys
import time


def empty(i):
    return None


def now(i):
    return time.time()


if __name__ == '__main__':
    began = time.time()
    from dask.distributed import Client, LocalCluster, wait
    tasks, workers = int(sys.argv[1]), int(sys.argv[2])
    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL) as cluster, Client(cluster) as client:
        first = client.submit(now, 0).result()
        wait(client.map(empty, range(1, tasks), pure=False))
        end = time.time()
    print(first - began, end - began)
