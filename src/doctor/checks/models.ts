import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Check, error, type Finding, ok, type Place } from '../check.ts'
import { fromError } from '../from-error.ts'

/** Models that the service names and the store lacks; those that a bento should hold and does not. */
export const models: Check = {
  name: 'models',
  async run({ subject, models: store }) {
    switch (subject.kind) {
      case 'machine':
        return []
      case 'bento':
        return Promise.all(
          subject.manifest.models.map(({ tag, path, main }) =>
            findingOfFile(tag, join(resolve(subject.path, path), main)),
          ),
        )
      case 'project':
        break
    }
    const asked = subject.service.description?.models ?? []
    const listed = (subject.bentofile?.bentofile.models ?? []).map((model) => model.tag)
    const tags = [...new Set([...asked, ...listed])].toSorted()
    return Promise.all(tags.map((tag) => findingOfTag(tag, store)))
  },
}

async function findingOfTag(tag: string, store: Place['models']): Promise<Finding> {
  try {
    const entry = await store.require(tag)
    return ok(`Model ${tag} is ${entry.tag}`)
  } catch (thrown) {
    return fromError(thrown, 'error', 'Import it with `bento models import`.')
  }
}

async function findingOfFile(tag: string, file: string): Promise<Finding> {
  return access(file).then(
    () => ok(`Model ${tag} is there`),
    () => error(`Model ${tag} has no file "${file}"`, 'Build or export the bento again.'),
  )
}
