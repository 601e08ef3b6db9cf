import { z } from 'zod';

const listMax = 128;

export const uniqueList = (item: z.ZodType<string>) =>
  z
    .array(item)
    .max(listMax)
    .refine((list) => list.every((it) => it !== ''), 'Array items must not be empty')
    .refine((list) => new Set(list).size === list.length, 'Array must have unique items');

/** Removes a trailing slash. */
const importPath = z
  .string()
  .max(1024)
  .transform((path) => path.replace(/(?<=[^/])\/+$/, ''));

export const importPaths = uniqueList(importPath);

export const exclusionPatterns = uniqueList(z.string().max(1024));

export const name = z.string().min(1).max(1000);
