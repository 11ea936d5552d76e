import { type Check, ok } from '../check.ts'
import { fromError } from '../from-error.ts'

export const service: Check = {
  name: 'service',
  async run({ subject, isContainer }) {
    const where = isContainer ? ', in a container' : ''
    switch (subject.kind) {
      case 'machine':
        return [ok(`No project here${where}: only the machine was looked at`)]
      case 'bento':
        return [ok(`Bento ${subject.manifest.name}:${subject.manifest.version}${where}`)]
      case 'project':
        break
    }
    const { description, failure } = subject.service
    if (description === undefined) {
      return [fromError(failure, 'error', 'Correct the service until `bento serve` takes it.')]
    }
    const apis = description.apis.map((api) => api.route).join(', ')
    return [ok(`Service ${description.name}${where}, with ${apis || 'no methods'}`)]
  },
}
