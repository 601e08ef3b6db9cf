import { z } from 'zod';
import { createExclusion } from '#shared/store/exclusion.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { validateImportPath } from './import-paths.ts';
import { getLibraryById } from './read-library.ts';
import { exclusionPatterns, uniqueList } from './library-schemas.ts';
import { lowerCaseIdParams } from '../http/fields.ts';

const validateLibraryBody = z.object({
  exclusionPatterns: exclusionPatterns.exactOptional(),
  /** Unchanged, since the response repeats them. */
  importPaths: uniqueList(z.string().max(4096)).exactOptional(),
}) satisfies z.ZodType<BodyOf<'validate'>>;

/** Reports for each path whether it can be read as an import path now. */
export const validate = operation('validate', {
  method: 'POST',
  path: '/libraries/:id/validate',
  auth: 'admin',
  status: 200,
  params: lowerCaseIdParams,
  body: validateLibraryBody,
  handler: async (
    { ports: { db, config } },
    { params: { id }, body: { importPaths = [], exclusionPatterns = [] } },
  ) => {
    await getLibraryById(db, id);
    createExclusion(exclusionPatterns);
    const answers = importPaths.map(async (importPath) => {
      const fault = await validateImportPath(config, importPath.replace(/(?<=[^/])\/+$/, ''));
      return fault === undefined ? { importPath, isValid: true } : { importPath, isValid: false, message: fault };
    });
    return { importPaths: await Promise.all(answers) };
  },
});
