// What the kernel says of a process and all its descendants. Linux only.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** The process and every descendant that lives now. */
export function treeOf(root) {
  const children = new Map()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = readStat(pid)
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(pid)])
  }
  const tree = [root]
  for (const pid of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

/** User and system time of the whole tree so far, and of its children that have ended, in µs. In steps of a tick. */
export function cpuMicros(root) {
  const ticks = treeOf(root).map((pid) => readStat(pid)?.ticks ?? 0)
  return (sum(ticks) / ticksPerSecond) * 1e6
}

/** CPU time of the threads that live now, in µs, exact to the nanosecond: for spans shorter than many ticks. */
export function threadMicros(root) {
  return sum(treeOf(root).flatMap((pid) => threadTimes(pid))) / 1000
}

/** CPU time in µs of every thread but the main ones, by its number. */
export function sideThreads(root) {
  return new Map(
    treeOf(root).flatMap((pid) =>
      threadsOf(pid)
        .filter((thread) => thread !== String(pid))
        .map((thread) => [thread, threadNanos(pid, thread) / 1000]),
    ),
  )
}

/** Proportional set size of the whole tree in MB (10^6 bytes): shared pages are divided among those who share them. */
export function pssMegabytes(root) {
  return sum(treeOf(root).map(pssOf))
}

/** Of the largest process below `root`: the worker, where there is one. */
export function workerPssMegabytes(root) {
  const [, ...descendants] = treeOf(root)
  return Math.max(...(descendants.length > 0 ? descendants : [root]).map(pssOf))
}

function pssOf(pid) {
  const rollup = readIfThere(`/proc/${pid}/smaps_rollup`)
  return (Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * 1024) / 1e6
}

export function loadAverage() {
  return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).map(Number)
}

/** Ticks of all cores since boot: those that the host gave to other machines, and all. */
export function stolenTicks() {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  // user nice system idle iowait irq softirq steal; guest time is counted in user already.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number)
  return { steal: ticks[7] ?? 0, total: sum(ticks) }
}

function readStat(pid) {
  const line = readIfThere(`/proc/${pid}/stat`)
  // The name in field 2 may hold spaces and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 16) return undefined
  return { parent: Number(fields[1]), ticks: sum(fields.slice(11, 15).map(Number)) }
}

function threadTimes(pid) {
  return threadsOf(pid).map((thread) => threadNanos(pid, thread))
}

function threadsOf(pid) {
  const folder = `/proc/${pid}/task`
  return existsSync(folder) ? readdirSync(folder) : []
}

function threadNanos(pid, thread) {
  return Number(readIfThere(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0])
}

// A process may end between listing and reading.
function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
