import { openEngine } from '../../containerize/backends/docker/engine.ts'
import { type Check, ok } from '../check.ts'
import { fromError } from '../from-error.ts'

export const docker: Check = {
  name: 'docker',
  async run({ env, isContainer }) {
    try {
      const { hasBuildKit } = await openEngine(env)
      return [ok(`A Docker engine answers${hasBuildKit ? ', with BuildKit' : ''}`)]
    } catch (thrown) {
      // Few containers have one, and few need one.
      const severity = isContainer ? 'note' : 'warning'
      return [fromError(thrown, severity, 'Make images without it: --backend oci.')]
    }
  },
}
