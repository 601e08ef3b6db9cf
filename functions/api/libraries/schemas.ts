import { z } from 'zod';
import type { BodyOf } from '../contract.ts';

const listMax = 128;

const uniqueList = (item: z.ZodType<string>) =>
  z
    .array(item)
    .max(listMax)
    .refine((list) => list.every((it) => it !== ''), 'Array items must not be empty')
    .refine((list) => new Set(list).size === list.length, 'Array must have unique items');

/** One slash at the end more or less is the same folder. */
const importPath = z
  .string()
  .max(1024)
  .transform((path) => path.replace(/(?<=[^/])\/+$/, ''));
const importPaths = uniqueList(importPath);
const exclusionPatterns = uniqueList(z.string().max(1024));
const name = z.string().min(1).max(1000);

export const libraryParams = z.object({ id: z.guid().toLowerCase() });

export const createLibraryBody = z.object({
  exclusionPatterns: exclusionPatterns.exactOptional(),
  importPaths: importPaths.exactOptional(),
  name: name.exactOptional(),
  ownerId: z.guid().toLowerCase(),
}) satisfies z.ZodType<BodyOf<'createLibrary'>>;

export const updateLibraryBody = z.object({
  exclusionPatterns: exclusionPatterns.exactOptional(),
  importPaths: importPaths.exactOptional(),
  name: name.exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateLibrary'>>;

export const validateLibraryBody = z.object({
  exclusionPatterns: exclusionPatterns.exactOptional(),
  /** As they are given, since the answer repeats them. */
  importPaths: uniqueList(z.string().max(4096)).exactOptional(),
}) satisfies z.ZodType<BodyOf<'validate'>>;
