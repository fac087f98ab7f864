import { ApiError, Card, Form, Input, toast, useApi, useSession } from "@lockwork/kit";
import { useState } from "react";

export function Password() {
  const api = useApi();
  const { user } = useSession();
  const [currentPassword, setCurrentPassword] = useState("");
  const [password, setPassword] = useState("");
  const save = async () => {
    await api.frontend
      .POST("/api/frontend/v1/set-user-password", { body: { currentPassword: currentPassword || undefined, password } })
      .catch((error) => {
        throw error instanceof ApiError && error.slug === "incorrect_password"
          ? new Error("your present password is another one")
          : error;
      });
    setCurrentPassword("");
    setPassword("");
    toast("Your password is changed");
  };
  return (
    <Card title="Password">
      <Form submit="Change the password" kind="plain" onSubmit={save}>
        <input type="text" autoComplete="username" value={user.email} readOnly hidden />
        <Input
          label="Present password"
          hint="Leave it empty if you have none yet."
          type="password"
          className="max-w-md"
          autoComplete="current-password"
          value={currentPassword}
          onValue={setCurrentPassword}
        />
        <Input
          label="New password"
          hint="8 characters or more."
          type="password"
          className="max-w-md"
          required
          minLength={8}
          maxLength={256}
          autoComplete="new-password"
          value={password}
          onValue={setPassword}
        />
      </Form>
    </Card>
  );
}
