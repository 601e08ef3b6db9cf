import { DarkroomError } from '#shared/errors/errors.ts';
import type { NumberTensor } from './tensor.ts';

/** A loaded model. */
export interface Session extends AsyncDisposable {
  /** Runs the model on its only input and returns its outputs in the order that the model declares. */
  run(input: NumberTensor): Promise<NumberTensor[]>;
}

/** Loads an ONNX model for one thread of the CPU. @throws faces/models-missing if the file is not a model */
export async function openSession(path: string): Promise<Session> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(path, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  }).catch((error: unknown) => {
    throw new DarkroomError('faces/models-missing', `${path} cannot be loaded as a model`, { cause: error });
  });
  return {
    run: async ({ data, dims }) => {
      const [name = ''] = session.inputNames;
      const results = await session.run({ [name]: new Tensor('float32', data, [...dims]) });
      return session.outputNames.map((output) => {
        const result = results[output];
        if (!(result?.data instanceof Float32Array)) throw new DarkroomError('internal', `${output} is not of float32`);
        return { data: result.data, dims: result.dims };
      });
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}
