import { Agent } from 'undici'
import { BentoError } from '../errors.ts'
import { renderDrift } from '../verify/find-drift.ts'
import { defaultTolerance, type Pair, readGolden, writeGolden } from '../verify/golden.ts'
import { type Caller, type Drifted, recordPair, replay } from '../verify/replay.ts'
import type { Session } from './context.ts'
import { exampleRequests } from './curl-example.ts'
import { defineCommand } from './define-command.ts'
import { renderCount } from './format.ts'
import { resolvePath } from './paths.ts'
import { readBodies } from './read-bodies.ts'
import { chooseRequest } from './requests.ts'
import { type Access, fetchDocument, openService } from './running-service.ts'
import { readTls, tlsFlags } from './tls-flags.ts'

export const verifyCommand = defineCommand({
  summary: 'Hold a service against answers that were recorded before',
  description:
    'A golden file has requests and their answers: recorded from one version of a service, or from a server\nof BentoML, and replayed on another. Numbers may differ within a tolerance.',
  positionals: {
    target: {
      description: 'Project, service, bento or the URL of a running service (default: this folder)',
      optional: true,
      completes: 'targets',
    },
  },
  flags: {
    golden: {
      type: 'text',
      metavar: 'FILE',
      description: 'The golden file (default: golden.json)',
    },
    record: { type: 'boolean', description: 'Write the golden file' },
    endpoint: { type: 'text', metavar: 'ROUTE', description: 'Record only this method' },
    data: {
      type: 'text',
      metavar: 'FILE',
      description: 'JSON to send when recording, or one in each line (default: from the schema)',
    },
    header: { type: 'pairs', description: 'Header to send' },
    ...tlsFlags,
    tolerance: {
      type: 'text',
      metavar: 'NUMBER',
      description: 'Relative difference that numbers may have (default: that of the file, 1e-5)',
    },
    output: {
      type: 'choice',
      short: 'o',
      choices: ['text', 'json'],
      default: 'text',
      description: 'Form of the findings',
    },
  },
  examples: [
    'bento verify --record http://old:3000 --golden golden.json',
    'bento verify iris_classifier:latest --golden golden.json',
    'bento verify --record --endpoint classify --data rows.jsonl',
  ],
  async run({ args, flags }, session) {
    const file = resolvePath(session.cwd, flags.golden ?? 'golden.json')
    const relative = parseTolerance(flags.tolerance)
    const golden = flags.record ? undefined : await readGolden(file)
    const access = { headers: flags.header, tls: await readTls(flags, session) }
    const service = await openService({ target: args.target }, session, access)
    const dispatcher = new Agent(access.tls && { connect: { ...access.tls } })
    const caller = { ...access, url: service.url, dispatcher }
    try {
      if (golden === undefined) {
        const tolerance = { ...defaultTolerance, ...relative }
        return await record(caller, { ...flags, file, tolerance }, session)
      }
      session.out.step(`Replaying ${renderCount(golden.pairs.length, 'request')}`)
      const drifted = await replay(golden, caller, { ...golden.tolerance, ...relative })
      session.out.settle()
      printDrifted(drifted, golden.pairs.length, { session, form: flags.output })
      return drifted.length > 0 ? 1 : 0
    } finally {
      session.out.settle()
      await dispatcher.close()
      await service.close()
    }
  },
})

function parseTolerance(text: string | undefined): { relative?: number } {
  if (text === undefined) return {}
  const relative = Number(text)
  if (text.trim() !== '' && relative >= 0) return { relative }
  throw new BentoError('USAGE', `--tolerance takes a number from 0 up, not "${text}"`, {
    hint: 'Write it as --tolerance 1e-5.',
  })
}

interface RecordOptions {
  readonly file: string
  readonly tolerance: typeof defaultTolerance
  readonly endpoint: string | undefined
  readonly data: string | undefined
  readonly output: 'text' | 'json'
}

async function record(
  caller: Caller & Access,
  { file, tolerance, endpoint, data, output: form }: RecordOptions,
  session: Session,
): Promise<void> {
  const document = await fetchDocument(caller, '/docs.json')
  const texts = data === undefined ? undefined : await readBodies(data, session)
  const isAll = endpoint === undefined && texts === undefined
  const requests = isAll
    ? exampleRequests(document).map(({ route, body }) => ({ route, bodies: [body] }))
    : [chooseRequest(document, endpoint, texts)]
  const pairs: Pair[] = []
  for (const { route, bodies } of requests) {
    session.out.step(`Recording ${route}`)
    for (const body of bodies) {
      pairs.push(await recordPair(caller, { route, request: JSON.parse(body) }))
    }
  }
  session.out.settle()
  for (const pair of pairs.filter(({ status }) => status >= 400)) {
    session.out.warn(`${pair.route} answered ${pair.status} to ${JSON.stringify(pair.request)}`)
  }
  await writeGolden(file, { format: 1, tolerance, pairs })
  if (form === 'json') return session.out.json({ recorded: pairs.length, golden: file })
  session.out.result(`Recorded ${renderCount(pairs.length, 'answer')} in ${file}`)
}

function printDrifted(
  drifted: readonly Drifted[],
  pairs: number,
  { session: { out }, form }: { session: Session; form: 'text' | 'json' },
): void {
  if (form === 'json') return out.json({ pairs, drifted })
  for (const { pair, route, drift } of drifted) {
    for (const one of drift) out.result(`${route}, pair ${pair}: ${renderDrift(one)}`)
  }
  const count = `${drifted.length} of ${renderCount(pairs, 'answer')} drifted`
  if (drifted.length > 0) out.say(count)
  else out.result(`All ${renderCount(pairs, 'answer')} are as they were`)
}
