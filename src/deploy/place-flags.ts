import type { Place } from './target.ts'

/** What leads `bento deployment …` to a place, as ` -t lambda --region eu-west-1`. */
export function renderPlaceFlags(target: string, place: Place): string {
  const { context, namespace, region, project } = place
  const flags = [
    ['-t', target === 'kubernetes' ? undefined : target],
    ['--namespace', namespace],
    ['--context', context],
    ['--region', region],
    ['--project', project],
  ] as const
  return flags.flatMap(([flag, value]) => (value === undefined ? [] : ` ${flag} ${value}`)).join('')
}
