export function ignore(): void {}

/** Does `work` when it is first called, and nothing after. */
export function once(work: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    work()
  }
}
