import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { compareContracts, type Differences } from '../client/generate/compare.ts'
import { isContract, readContract, type Contract } from '../client/generate/contract.ts'
import { parseContract, renderClient } from '../client/generate/render-client.ts'
import type { Place } from '../client/read-document.ts'
import { BentoError, isSystemError } from '../errors.ts'
import type { Session } from './context.ts'
import { defineCommand } from './define-command.ts'
import type { Output } from './output.ts'
import { readTls, tlsFlags } from './tls-flags.ts'
import { packageFolder } from './version.ts'

export const clientCommand = defineCommand({
  summary: 'Write a typed client of a service, without dependencies',
  description: [
    'The client is one file of TypeScript that needs nothing but fetch. With --check nothing is written: it ends',
    'with 1 when the service does not fit that client any more, and names each change that breaks it.',
  ].join('\n'),
  positionals: {
    target: {
      description:
        'URL of a running service, project, service.ts:Iris, or bento (default: this folder)',
      optional: true,
    },
  },
  flags: {
    output: {
      type: 'text',
      short: 'o',
      metavar: 'FILE',
      description: 'Where to write it (default: stdout)',
    },
    check: {
      type: 'text',
      metavar: 'FILE',
      description: 'Hold the service against a client that was written before',
    },
    json: { type: 'boolean', description: 'With --check: print the differences as JSON' },
    token: {
      type: 'text',
      metavar: 'KEY',
      description: 'Key of a running service (BENTO_API_KEY)',
    },
    ...tlsFlags,
  },
  examples: [
    'bento client -o client.ts',
    'bento client http://127.0.0.1:3000 -o src/iris-client.ts',
    'bento client https://iris.example --cacert ca.pem -o src/iris-client.ts',
    'bento client iris_classifier:latest --check src/iris-client.ts',
  ],
  async run({ args, flags }, session) {
    const { check, output } = flags
    if (check !== undefined && output !== undefined) throw bothModes()
    const before = check === undefined ? undefined : await readClient(check, session)
    const token = flags.token ?? session.env['BENTO_API_KEY']
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const access = { headers, tls: await readTls(flags, session) }
    const contract = await readService(args.target, access, session)
    if (before) return report(compareContracts(before, contract), { ...flags, check }, session.out)
    const runtime = await readFile(resolve(packageFolder, 'templates/client/runtime.ts'), 'utf8')
    const text = renderClient(contract, runtime)
    if (output === undefined) return session.out.result(text.trimEnd())
    await writeFile(resolve(session.cwd, output), text)
    session.out.say(`Wrote ${output}: ${contract.methods.length} methods of ${contract.service}`)
  },
})

function bothModes(): BentoError {
  return new BentoError('USAGE', '--check and --output exclude each other', {
    hint: 'Check a client first, then write it again without --check.',
  })
}

async function readClient(file: string, { cwd }: Session): Promise<Contract> {
  const contract = parseContract(await readText(resolve(cwd, file), file))
  if (isContract(contract)) return contract
  throw new BentoError('CLIENT_INVALID', `"${file}" is no client that \`bento client\` wrote`, {
    hint: `Write it with \`bento client -o ${file}\`, and leave its first lines as they are.`,
  })
}

async function readText(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) throw cause
    throw new BentoError('FILE_NOT_FOUND', `There is no file "${name}"`, {
      hint: `Write it with \`bento client -o ${name}\`.`,
      cause,
    })
  }
}

async function readService(
  target: string | undefined,
  access: Omit<Place, 'url'>,
  session: Session,
): Promise<Contract> {
  if (target !== undefined && /^https?:\/\//.test(target)) {
    const { fetchDocuments } = await import('../client/generate/fetch-documents.ts')
    return readContract(await fetchDocuments({ ...access, url: target }), target)
  }
  const { openSource } = await import('./open-source.ts')
  const { path } = await openSource({ target }, session)
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readText(resolve(path, 'apis', name), name))
  const [openapi, schema] = await Promise.all([read('openapi.json'), read('schema.json')])
  return readContract({ openapi, schema }, `"${target ?? '.'}"`)
}

interface ReportOptions {
  readonly check: string | undefined
  readonly json: boolean
}

function report(
  { breaking, added }: Differences,
  { check, json }: ReportOptions,
  out: Output,
): number {
  if (json) out.json({ breaking, added })
  else for (const { method, change } of breaking) out.result(`${method}: ${change}`)
  if (breaking.length > 0) {
    out.say(`The service does not fit ${check}. Write it again with \`bento client -o ${check}\`.`)
    return 1
  }
  const news = added.length === 0 ? '' : `; it does not have ${added.join(', ')} yet`
  out.say(`${check} fits the service${news}`)
  return 0
}
