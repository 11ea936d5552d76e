import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { BentoModel } from '../../store/manifest.ts'
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
          subject.manifest.models.map((model) => findingOfPacked(model, subject.path)),
        )
      case 'project':
        break
    }
    const asked = subject.service.description?.models ?? []
    const listed = (subject.bentofile?.bentofile.models.include ?? []).map((model) => model.tag)
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

async function findingOfPacked(
  { tag, path, main, source }: BentoModel,
  bento: string,
): Promise<Finding> {
  if (source !== undefined) return ok(`Model ${tag} is fetched from ${source} at the start`)
  const file = join(resolve(bento, path), main)
  return access(file).then(
    () => ok(`Model ${tag} is there`),
    () => error(`Model ${tag} has no file "${file}"`, 'Build or export the bento again.'),
  )
}
