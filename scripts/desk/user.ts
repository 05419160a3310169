import { Role } from "@/lib/db/generated/enums";
import { createUser } from "@/lib/users";
import { type Command, parse, readStdin, required, UsageError } from "./command";

export const userAdd: Command = {
  usage: "user add --email E --name N --role ADMIN|AGENT|CUSTOMER --password-stdin",
  async run(args) {
    const { values } = parse(
      args,
      {
        email: { type: "string" },
        name: { type: "string" },
        role: { type: "string" },
        "password-stdin": { type: "boolean" },
      },
      { min: 0, max: 0 },
    );
    const role = Object.values(Role).find((known) => known === values.role);
    if (!role) throw new UsageError("--role is ADMIN, AGENT or CUSTOMER");
    if (!values["password-stdin"])
      throw new UsageError("--password-stdin is needed: the password is read from stdin");
    const email = required(values.email, "email");
    const name = required(values.name, "name");
    const user = await createUser(null, { email, name, role, password: await readStdin() });
    return { id: user.id, email, name, role };
  },
};
