import type { ValueInfo } from '../../lib/tensor.ts'
import type { ModelEntry } from '../../store/model-store.ts'
import { defineCommand } from '../define-command.ts'
import { listEntries, modelsOf } from '../stores.ts'

export const modelsTypesCommand = defineCommand({
  summary: 'Print TypeScript types of models, for `models.get` to know them',
  description: 'Takes the newest version of each name. Write it to a file of the project.',
  positionals: {
    name: { description: 'Only this model', optional: true },
  },
  examples: ['bento models types > models.d.ts', 'bento models types iris_classifier'],
  async run({ args }, session) {
    const entries = await listEntries(modelsOf(session), args.name, session)
    const newest = new Map<string, ModelEntry>()
    for (const entry of entries) if (!newest.has(entry.name)) newest.set(entry.name, entry)
    const models = [...newest.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
    session.out.result(renderTypes(models))
  },
})

function renderTypes(models: readonly ModelEntry[]): string {
  return [
    "import type {} from 'bentojs'",
    '',
    "declare module 'bentojs' {",
    '  interface Models {',
    ...models.flatMap(renderModel),
    '  }',
    '}',
  ].join('\n')
}

function renderModel({ name, tag, manifest }: ModelEntry): string[] {
  const { inputs, outputs } = manifest
  return [
    `    /** ${tag} */`,
    `    ${JSON.stringify(name)}: {`,
    `      inputs: ${renderValues(inputs)}`,
    `      outputs: ${renderValues(outputs)}`,
    '    }',
  ]
}

function renderValues(values: readonly ValueInfo[]): string {
  const fields = values.map(({ name, dtype }) => `${JSON.stringify(name)}: '${dtype}'`)
  return `{ ${fields.join('; ')} }`
}
