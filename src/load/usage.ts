import { readdir, readFile } from 'node:fs/promises'

/** What a process and all its descendants have used so far. */
export interface Usage {
  readonly cpuMicros: number
  readonly rssBytes: number
}

// Linux counts CPU time for /proc in these on every architecture that Node runs on.
const ticksPerSecond = 100

/** Undefined where the kernel does not say, which is everywhere but on Linux. */
export async function readUsage(root: number): Promise<Usage | undefined> {
  const names = await readdir('/proc').catch(() => [])
  const stats = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readStat))
  const known = stats.filter((stat) => stat !== undefined)
  const tree = known.filter(({ pid }) => pid === root)
  for (const { pid } of tree) tree.push(...known.filter(({ parent }) => parent === pid))
  if (tree.length === 0) return undefined
  const ticks = tree.reduce((total, stat) => total + stat.ticks, 0)
  const sizes = await Promise.all(tree.map(({ pid }) => readRss(pid)))
  return {
    cpuMicros: (ticks / ticksPerSecond) * 1e6,
    rssBytes: sizes.reduce((total, size) => total + size, 0),
  }
}

async function readRss(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024
}

interface Stat {
  readonly pid: number
  readonly parent: number
  /** User and system time. */
  readonly ticks: number
}

async function readStat(pid: string): Promise<Stat | undefined> {
  // It may have ended since it was listed.
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name in the second field may hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 13) return undefined
  const [parent = 0, user = 0, system = 0] = [fields[1], fields[11], fields[12]].map(Number)
  return { pid: Number(pid), parent, ticks: user + system }
}
