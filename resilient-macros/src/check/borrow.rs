//! What a result keeps borrowed while the next attempt would need it.

use syn::Type;
use syn::visit::{self, Visit};

use super::{Errors, Stack, Target};
use crate::target::{Argument, Body, reference};

/// A result that borrows from `&mut` input keeps it borrowed, so the next attempt cannot have it.
pub(super) fn result_borrows_from_mut_input(stack: &Stack, target: &Target, errors: &mut Errors) {
    if !stack.reuses_arguments() {
        return;
    }
    // `#[async_trait]` has named every lifetime of the inputs; one left out in the output is still `self`'s.
    let boxed = matches!(target.body, Body::Boxed(_));
    let Ok(output) = syn::parse2::<Type>(target.output()) else {
        return;
    };
    let returned = lifetimes(&output);
    let mut borrowed = None;
    if let Some(receiver) = target.receiver() {
        if let Some((named, true)) = reference(receiver) {
            let elided = returned.elided && (boxed || named.is_none());
            if elided || named.is_some_and(|name| returned.named.contains(&name)) {
                borrowed = Some("self".to_owned());
            }
        }
    }
    let elided_inputs = target.receiver().is_none();
    for Argument { name, ty, .. } in target.arguments() {
        let Type::Reference(reference) = &ty else {
            continue;
        };
        if reference.mutability.is_none() {
            continue;
        }
        let named = reference.lifetime.as_ref().map(ToString::to_string);
        let elided = named.is_none() && elided_inputs && returned.elided;
        if elided || named.is_some_and(|name| returned.named.contains(&name)) {
            borrowed = Some(name.to_string());
        }
    }
    if let Some(name) = borrowed {
        errors.over(
            &output,
            &format!("the result borrows from `{name}`, which every attempt needs to itself"),
            "a failed attempt could still hold on to it when the next one starts",
            "a result that owns its data; every other policy takes the function as it is",
        );
    }
}

#[derive(Default)]
struct Lifetimes {
    elided: bool,
    named: Vec<String>,
}

fn lifetimes(ty: &Type) -> Lifetimes {
    let mut found = Lifetimes::default();
    found.visit_type(ty);
    found
}

impl<'ast> Visit<'ast> for Lifetimes {
    // `Fn(&T) -> &U` and `fn(&T)` bring their own lifetimes.
    fn visit_parenthesized_generic_arguments(
        &mut self,
        _arguments: &'ast syn::ParenthesizedGenericArguments,
    ) {
    }
    fn visit_type_fn_ptr(&mut self, _function: &'ast syn::TypeFnPtr) {}
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        self.elided |= reference.lifetime.is_none();
        visit::visit_type_reference(self, reference);
    }
    fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
        if lifetime.ident == "_" {
            self.elided = true;
        } else {
            self.named.push(lifetime.to_string());
        }
    }
}
