const patienceMs = 1000

/**
 * Ends a process that was told to stop, once what it has said is read, or has had its time: a reader that has stopped
 * would keep it for ever.
 */
export function endSoon(target: Pick<NodeJS.Process, 'exit'>): void {
  setTimeout(() => target.exit(), patienceMs).unref()
}
