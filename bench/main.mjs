// The benchmark: bench/README.md says what each figure is.
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { judge } from './lib/bars.mjs'
import { runClosedLoop } from './lib/closed-loop.mjs'
import { measureRound, summarise } from './lib/measure.mjs'
import { loadAverage, stolenTicks } from './lib/proc.mjs'
import { renderBars, renderTable } from './lib/table.mjs'
import { hasWrk, runWrk } from './lib/wrk.mjs'
import { echo } from './rows/echo.mjs'
import { iris } from './rows/iris.mjs'
import { mlp } from './rows/mlp.mjs'

const allRows = [echo, iris, mlp]
const usage = `Usage: npm run bench -- [--only NAME]… [--json] [--seconds N] [--rounds N] [--idle-seconds N] [--connections N]
Rows: ${allRows.map((row) => row.name).join(', ')}`

const say = (line) => process.stderr.write(`${line}\n`)

try {
  await main(readOptions())
} catch (error) {
  say(error.message)
  process.exitCode = 1
}

async function main(options) {
  const home = await mkdtemp(join(tmpdir(), 'bento-bench-home-'))
  try {
    const prepared = await prepare(options.rows, home)
    const report = await measure(prepared, { ...options, ...(await pickClient()) })
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : renderReport(report))
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function prepare(rows, home) {
  const prepared = []
  for (const row of rows) {
    say(`preparing ${row.name}`)
    const server = await row.prepare(home)
    prepared.push({ name: row.name, command: process.execPath, ...server })
  }
  return prepared
}

async function pickClient() {
  if (await hasWrk()) return { client: 'wrk', closedLoop: runWrk }
  say(
    'wrk is not installed (Debian: apt-get install wrk). A client in Node takes its place: requests/s, p50 and',
  )
  say(
    'p99 of the closed loop then show that client more than the server; CPU per request stays right.',
  )
  return { client: 'node', closedLoop: runClosedLoop }
}

/** Rounds are interleaved, A B C A B C, so that a slow minute of the machine falls on every row. */
async function measure(prepared, options) {
  const before = { load: loadAverage(), ...stolenTicks() }
  const rounds = new Map(prepared.map((row) => [row.name, []]))
  for (let round = 1; round <= options.rounds; round++) {
    for (const row of prepared) {
      say(`round ${round} of ${options.rounds}: ${row.name}`)
      rounds.get(row.name).push(await measureRound(row, options))
    }
  }
  const rows = prepared.map(({ name }) => summarise(name, rounds.get(name), rounds.get('echo')))
  const { seconds, idleSeconds, connections, client } = options
  return {
    machine: describeMachine(before),
    options: { rounds: options.rounds, seconds, idleSeconds, connections, client },
    rows,
    bars: judge(rows, connections),
  }
}

function describeMachine(before) {
  const after = stolenTicks()
  const stealPercent = (100 * (after.steal - before.steal)) / (after.total - before.total)
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    loadAverageBefore: before.load,
    loadAverageAfter: loadAverage(),
    stealPercent,
  }
}

function renderReport({ machine, options, rows, bars }) {
  const { node, cpu, cores, loadAverageBefore, loadAverageAfter, stealPercent } = machine
  return `
Node ${node}, ${cores} cores of ${cpu}
${options.rounds} rounds of ${options.seconds} s, ${options.connections} connections, client ${options.client}; medians
load average ${loadAverageBefore.join(' ')} before, ${loadAverageAfter.join(' ')} after; steal ${stealPercent.toFixed(1)} %

${renderTable(rows)}

${renderBars(bars)}
`
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      'idle-seconds': { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
    },
  })
  return {
    rows: pickRows(values.only),
    json: values.json,
    seconds: positive(values.seconds, '--seconds'),
    rounds: positive(values.rounds, '--rounds'),
    idleSeconds: positive(values['idle-seconds'], '--idle-seconds'),
    connections: positive(values.connections, '--connections'),
  }
}

function pickRows(names) {
  const unknown = names?.find((name) => !allRows.some((row) => row.name === name))
  if (unknown !== undefined) throw new Error(`No row is named "${unknown}"\n${usage}`)
  return names ? allRows.filter((row) => names.includes(row.name)) : allRows
}

function positive(text, flag) {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${flag} takes a whole number above 0, not "${text}"\n${usage}`)
}
