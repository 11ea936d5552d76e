import { BentoError } from '../../../errors.ts'
import type { ContainerBackend } from '../../backend.ts'

export const dockerBackend: ContainerBackend = {
  name: 'docker',
  options: [],
  build: () => Promise.reject(new BentoError('DOCKER_FAILED', 'Not built yet')),
}
