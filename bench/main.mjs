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
import { coldStart } from './studies/cold-start.mjs'
import { engine } from './studies/engine.mjs'
import { goodput } from './studies/goodput.mjs'
import { herd } from './studies/herd.mjs'
import { latency } from './studies/latency.mjs'
import { start } from './studies/start.mjs'
import { trees } from './studies/trees.mjs'
import { workers } from './studies/workers.mjs'

const allRows = [echo, iris, mlp]
const allStudies = [coldStart, engine, herd, latency, goodput, start, trees, workers]
const usage = `Usage: npm run bench -- [--only NAME]… [--json] [--seconds N] [--rounds N] [--idle-seconds N] [--connections N] [--pairs N]
Rows: ${namesOf(allRows)}
Studies: ${namesOf(allStudies)}`

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
    const given = { ...options, home, ...(await pickClient()) }
    const prepared = await prepare(options.rows, home)
    const table = await measure(prepared, given)
    const report = { ...table, studies: await study(options.studies, given) }
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
    bars: judge(rows),
  }
}

async function study(studies, options) {
  const results = []
  for (const { name, run } of studies) {
    say(`study ${name}`)
    results.push({ name, ...(await run(options)) })
  }
  return results
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

function renderReport({ machine, options, rows, bars, studies }) {
  const { node, cpu, cores, loadAverageBefore, loadAverageAfter, stealPercent } = machine
  return `
Node ${node}, ${cores} cores of ${cpu}
${options.rounds} rounds of ${options.seconds} s, ${options.connections} connections, client ${options.client}; medians
load average ${loadAverageBefore.join(' ')} before, ${loadAverageAfter.join(' ')} after; steal ${stealPercent.toFixed(1)} %

${rows.length === 0 ? '' : `${renderTable(rows)}\n\n${renderBars(bars)}\n`}${studies.map(renderStudy).join('')}`
}

function renderStudy({ name, lines, bars }) {
  return `\n${name}\n${lines.map((line) => `  ${line}\n`).join('')}${renderBars(bars)}\n`
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
      pairs: { type: 'string', default: '10' },
    },
  })
  return {
    ...pick(values.only),
    pairs: positive(values.pairs, '--pairs'),
    json: values.json,
    seconds: positive(values.seconds, '--seconds'),
    rounds: positive(values.rounds, '--rounds'),
    idleSeconds: positive(values['idle-seconds'], '--idle-seconds'),
    connections: positive(values.connections, '--connections'),
  }
}

function pick(names) {
  const all = [...allRows, ...allStudies]
  const unknown = names?.find((name) => !all.some((one) => one.name === name))
  if (unknown !== undefined) throw new Error(`Nothing is named "${unknown}"\n${usage}`)
  const wanted = ({ name }) => !names || names.includes(name)
  return { rows: allRows.filter(wanted), studies: allStudies.filter(wanted) }
}

function namesOf(some) {
  return some.map((one) => one.name).join(', ')
}

function positive(text, flag) {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${flag} takes a whole number above 0, not "${text}"\n${usage}`)
}
