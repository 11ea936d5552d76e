import { constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BentoManifest } from '../store/manifest.ts'
import type { ProjectTarget } from './target.ts'

type Described = Pick<BentoManifest, 'name' | 'service' | 'description' | 'apis'>

/** The description that somebody wrote, else the project's own README.md, else a page made from the service. */
export async function renderReadme(project: ProjectTarget, bento: Described): Promise<string> {
  if (bento.description !== '') return `${bento.description.trimEnd()}\n`
  return (await readProjectReadme(project.context)) ?? renderPage(bento)
}

function readProjectReadme(context: string): Promise<string | undefined> {
  const flag = constants.O_RDONLY | constants.O_NOFOLLOW
  return readFile(join(context, 'README.md'), { encoding: 'utf8', flag }).catch(() => undefined)
}

function renderPage({ name, service, apis }: Described): string {
  return [
    `# ${name}`,
    '',
    `The service \`${service}\`, built with bento.`,
    '',
    ...apis.map((api) => `- \`POST ${api.route}\`${api.batchable ? ', batched' : ''}`),
    '',
    '```sh',
    'npm ci --omit=dev',
    'node dist/service.mjs',
    '```',
    '',
  ].join('\n')
}
