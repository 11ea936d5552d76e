import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isAlive, ownPid } from './exec.ts'

/** Which process this is, so that others can tell later whether it still lives. */
export interface ProcessMark {
  readonly pid: number
  /** Start time in the kernel's own units, since process numbers are used again; empty where it cannot be read. */
  readonly started: string
  /** Host, boot and process namespace: elsewhere the number means another process. */
  readonly place: string
}

export async function markOfThisProcess(): Promise<ProcessMark> {
  return { pid: ownPid, started: (await startOf(ownPid)) ?? '', place: await thisPlace() }
}

/** Whether that process still lives; unknown when it cannot be seen from here. */
export async function stateOf(mark: ProcessMark): Promise<'alive' | 'gone' | 'unknown'> {
  if (mark.place !== (await thisPlace())) return 'unknown'
  if (!isAlive(mark.pid)) return 'gone'
  const started = (await startOf(mark.pid)) ?? ''
  return started === mark.started ? 'alive' : 'gone'
}

async function thisPlace(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '')
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return [hostname(), namespace, boot.trim()].join(' ')
}

/** Field 22 of /proc/PID/stat. The name in field 2 may hold spaces, so the count begins after its parenthesis. */
async function startOf(id: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined)
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19]
}
