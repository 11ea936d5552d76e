import { writeSync } from 'node:fs'
import { isSystemError } from '../errors.ts'

// A pipe holds 64 kB, and its reader needs a moment for more.
const turnMs = 5
const mostTurns = 100

/** Writes to a pipe that does not block too; whoever reads none of it for half a second is not waited for. */
export function writeAllSync(fd: number, bytes: Buffer): void {
  let turns = 0
  for (let at = 0; at < bytes.length;) {
    const written = writeSome(fd, bytes.subarray(at))
    turns = written > 0 ? 0 : turns + 1
    if (turns > mostTurns) return
    if (written === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, turnMs)
    at += written
  }
}

/** 0 when a pipe is full. */
function writeSome(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    if (isSystemError(error, 'EAGAIN')) return 0
    throw error
  }
}
