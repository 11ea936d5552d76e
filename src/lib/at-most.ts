/** Waits for `work`, but not longer than this. True when it has ended; how, is left to whoever made it. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<boolean> {
  const ended = work.then(
    () => true,
    () => true,
  )
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  return Promise.race([ended, late]).finally(() => clearTimeout(timer))
}
