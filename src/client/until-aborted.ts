/** Waits for work that goes on by itself, until the signal says that it is not waited for any more. */
export async function untilAborted<Value>(
  signal: AbortSignal,
  work: Promise<Value>,
): Promise<Value> {
  let leave: (() => void) | undefined
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
  return Promise.race([work, left]).finally(() => {
    if (leave) signal.removeEventListener('abort', leave)
  })
}
