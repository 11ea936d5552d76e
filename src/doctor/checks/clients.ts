import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listSources } from '../../build/sources.ts'
import { compareContracts } from '../../client/generate/compare.ts'
import { type Contract, isContract, readContract } from '../../client/generate/contract.ts'
import { parseContract } from '../../client/generate/render-client.ts'
import { renderOpenapi } from '../../service/openapi.ts'
import { renderSchema } from '../../service/schema.ts'
import { type Check, type Finding, ok, warning } from '../check.ts'

/** Whether the clients that `bento client` wrote into the project still fit its service. */
export const clients: Check = {
  name: 'clients',
  async run({ subject }) {
    const description = subject.kind === 'project' ? subject.service.description : undefined
    if (subject.kind !== 'project' || description === undefined) return []
    const openapi = renderOpenapi(description, { version: '' })
    const now = readContract({ openapi, schema: renderSchema(description) }, description.name)
    const files = await listSources(subject.context, { include: ['**/*.ts'], exclude: [] })
    const found = await Promise.all(files.map(({ path }) => findingsOf(subject.context, path, now)))
    return found.flat()
  },
}

async function findingsOf(context: string, file: string, now: Contract): Promise<Finding[]> {
  const before = parseContract(await readFile(join(context, file), 'utf8'))
  if (!isContract(before)) return []
  const { breaking } = compareContracts(before, now)
  const [first] = breaking
  if (first === undefined) return [ok(`The client ${file} fits the service`)]
  const message = `The client ${file} does not fit the service: ${first.method}: ${first.change}`
  return [warning(message, `Write it again with \`bento client -o ${file}\`.`)]
}
