import { messageOf } from '../../errors.ts'
import { importPackage } from '../../lib/packages.ts'
import { packageMissing } from '../../models/runtimes/package-missing.ts'
import { loadRuntime } from '../../models/runtimes/registry.ts'
import { type Check, error, type Finding, note, ok, type Place } from '../check.ts'

/** Whether the native part of each runtime loads here: those of the subject's models, or all of them. */
export const runtimes: Check = {
  name: 'runtimes',
  async run(place) {
    const needed = await neededRuntimes(place)
    const names = needed ?? ['onnx']
    const found = await Promise.all(
      names.map((name) => findingsOf(name, place, needed !== undefined)),
    )
    return found.flat()
  },
}

async function neededRuntimes({ subject, models }: Place): Promise<string[] | undefined> {
  if (subject.kind === 'machine') return undefined
  if (subject.kind === 'bento') return unique(subject.manifest.models.map((one) => one.runtime))
  const tags = subject.service.description?.models ?? []
  const entries = await Promise.all(tags.map((tag) => models.find(tag).catch(() => undefined)))
  return unique(entries.flatMap((entry) => (entry === undefined ? [] : [entry.manifest.runtime])))
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted()
}

async function findingsOf(name: string, place: Place, isNeeded: boolean): Promise<Finding[]> {
  const { packages } = await loadRuntime(name)
  if (packages.length === 0) return [ok(`Runtime ${name} needs no package`)]
  return Promise.all(packages.map((one) => findingOf(name, one, { place, isNeeded })))
}

async function findingOf(
  runtime: string,
  packageName: string,
  { place, isNeeded }: { place: Place; isNeeded: boolean },
): Promise<Finding> {
  const { hint = '' } = packageMissing(runtime, packageName)
  try {
    const module = await importPackage(packageName, rootsOf(place))
    if (module !== undefined) return ok(`${packageName} loads`)
    const message = `${packageName} is not installed: ${runtime} models do not run`
    return isNeeded ? error(message, hint) : note(message, hint)
  } catch (thrown) {
    return error(
      `${packageName} does not load: ${messageOf(thrown)}`,
      'Use a system with glibc, as Debian, and install the packages again.',
    )
  }
}

function rootsOf({ cwd, subject }: Place): string[] {
  if (subject.kind === 'machine') return [cwd]
  return [subject.kind === 'bento' ? subject.path : subject.context, cwd]
}
