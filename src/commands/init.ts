import { relative, resolve } from 'node:path'
import { BentoError } from '../errors.ts'
import {
  type Content,
  foreignContent,
  importProjectModel,
  modelContent,
  writeNewProject,
} from '../init/new-project.ts'
import { storedModelContent } from '../init/stored-model.ts'
import { type Template, templateContent, templates } from '../init/templates.ts'
import { pathExists } from '../lib/files.ts'
import { openQuestions } from './ask.ts'
import type { Session } from './context.ts'
import { defineCommand } from './define-command.ts'
import { resolvePath } from './paths.ts'
import { shellWord } from './shell-word.ts'
import { modelsOf } from './stores.ts'

export const initCommand = defineCommand({
  summary: 'Write a new project that serves and passes its test',
  description: 'Without DIR it asks, at a terminal.',
  positionals: {
    dir: { description: 'Folder of the project (default: this folder)', optional: true },
  },
  flags: {
    template: {
      type: 'choice',
      short: 't',
      choices: templates,
      default: 'blank',
      description: 'What to begin with',
    },
    model: {
      type: 'text',
      metavar: 'MODEL',
      description: 'A file or a tag: the service takes and gives what the model does',
    },
    from: {
      type: 'text',
      metavar: 'URL|FILE',
      description: 'A service of BentoML: URL, schema.json, or folder of its bento',
    },
    yes: { type: 'boolean', short: 'y', description: 'Ask nothing' },
    output: {
      type: 'choice',
      short: 'o',
      choices: ['text', 'json'],
      default: 'text',
      description: 'What to print',
    },
  },
  examples: [
    'bento init my-service',
    'bento init flowers --template iris',
    'bento init fraud --model fraud.json',
    'bento init flowers --model iris_pipeline:latest',
    'bento init moved --from http://127.0.0.1:3000',
  ],
  async run({ args, flags }, session) {
    refuseSeveral(flags)
    const { dir, ...wanted } = await complete({ dir: args.dir, ...flags }, session)
    const folder = resolve(session.cwd, dir)
    const content = await contentOf(wanted, folder, session)
    const files = await writeNewProject(folder, content)
    const model =
      content.model && (await importProjectModel(folder, content.model, modelsOf(session)))
    if (flags.output === 'json') return session.out.json({ folder, files, model: model?.tag })
    session.out.result(`Wrote ${folder}`)
    if (model && content.model?.tag === undefined) session.out.say(`Imported ${model.tag}`)
    for (const line of nextSteps(folder, session.cwd)) session.out.say(line)
  },
})

function refuseSeveral({ template, model, from }: Wanted): void {
  const given = {
    template: template !== 'blank',
    model: model !== undefined,
    from: from !== undefined,
  }
  const [first, second] = Object.entries(given).flatMap(([name, is]) => (is ? [`--${name}`] : []))
  if (second === undefined) return
  throw new BentoError('USAGE', `${second} and ${first} exclude each other`, {
    hint: 'Leave one of them out: each says what the service is written from.',
  })
}

interface Wanted {
  readonly template: Template
  readonly model: string | undefined
  readonly from: string | undefined
}

/** What was not said is asked, where somebody can answer. */
async function complete(
  { dir, template, model, from, yes }: Wanted & { dir: string | undefined; yes: boolean },
  session: Session,
): Promise<Wanted & { readonly dir: string }> {
  const questions = dir === undefined && !yes ? await openQuestions(session) : undefined
  if (questions === undefined) return { dir: dir ?? '.', template, model, from }
  return {
    dir: await questions.text('Folder of the project', 'my-service'),
    template:
      (model ?? from) === undefined ? await questions.choice('Begin with', choices) : template,
    model,
    from,
  }
}

const choices = [
  { value: 'blank', label: 'a service without a model' },
  { value: 'iris', label: 'a trained scikit-learn model' },
  { value: 'text', label: 'a network that tells the language of a text' },
  { value: 'image', label: 'a network that reads a digit in a picture' },
] as const

function contentOf(
  { template, model, from }: Wanted,
  folder: string,
  session: Session,
): Promise<Content> {
  if (from !== undefined) return foreignContent(from, resolvePath(session.cwd, from))
  if (model !== undefined) return contentOfModel(model, session)
  return templateContent(template, folder)
}

async function contentOfModel(model: string, session: Session): Promise<Content> {
  const file = resolvePath(session.cwd, model)
  const isTag = isTagLike(model) && !(await pathExists(file))
  if (!isTag) return modelContent(file)
  const store = modelsOf(session)
  return storedModelContent(await store.require(model), store)
}

/** No tag has a slash, and a file's name has an ending. */
function isTagLike(text: string): boolean {
  return text.includes(':') || !/[./\\]/.test(text)
}

function nextSteps(folder: string, cwd: string): string[] {
  const place = relative(cwd, folder)
  const steps = [...(place === '' ? [] : [`cd ${shellWord(place)}`]), 'npm install', 'npm test']
  return ['Next:', ...[...steps, 'npx bento serve'].map((step) => `  ${step}`)]
}
