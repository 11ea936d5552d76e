/** Blobs at a time: registries and lines have their bounds. */
const width = 4

/** Does `work` for every item, a few at a time. The first that fails ends all: no new one is begun. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.map((item) => item)
  let failed = false
  const take = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && !failed; item = queue.shift()) {
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: width }, take))
  const failure = ended.find((one) => one.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

/** Says after each blob how far it is. */
export function counter(
  verb: string,
  blobs: readonly { readonly size: number }[],
  report: (line: string) => void,
): (blob: { readonly size: number }) => void {
  const total = blobs.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  let bytes = 0
  return ({ size }) => {
    done += 1
    bytes += size
    report(
      `${verb} ${done} of ${blobs.length} files, ${inMegabytes(bytes)} of ${inMegabytes(total)}`,
    )
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
