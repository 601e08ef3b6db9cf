import { DarkroomError } from '#shared/errors/errors.ts';
import { operation } from '../http/operation.ts';
import { sendObject } from '../http/send-object.ts';
import { readPerson } from './read-person.ts';
import { idParams } from '../http/fields.ts';

export const getPersonThumbnail = operation('getPersonThumbnail', {
  method: 'GET',
  path: '/people/:id/thumbnail',
  auth: 'user',
  permission: 'person.read',
  raw: true,
  status: 200,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    const person = await readPerson(context, 'person.read', id);
    if (person.thumbnailPath === '') throw new DarkroomError('resource/not-found', 'Person thumbnail not found');
    const { ports, request, reply } = context;
    const file = { key: person.thumbnailPath, mimeType: 'image/jpeg', fileName: `${person.id}.jpeg` };
    await sendObject(ports.store, request, reply, file);
  },
});
